import { expect, it } from 'vitest';
import { type LinkState, linkChanges } from './link-changes.js';

const link: LinkState = { ifname: 'eth0', ifindex: 3, up: true, running: true, mtu: 1500 };
const changes = (before: LinkState | undefined, now: LinkState | undefined) =>
  linkChanges(before, now).map(({ change }) => change);

it.each([
  ['nothing', link, link, []],
  ['another name', link, { ...link, ifname: 'wan' }, []],
  ['down', link, { ...link, up: false, running: false }, ['down', 'no-carrier']],
  ['up', { ...link, up: false, running: false }, link, ['up', 'carrier']],
  ['a pulled cable', link, { ...link, running: false }, ['no-carrier']],
  ['new and down', undefined, { ...link, up: false, running: false }, []],
  ['new and up', undefined, link, ['up', 'carrier']],
  ['gone', link, undefined, ['removed']],
  ['never there', undefined, undefined, []],
] as const)('%s', (_, before, now, expected) => {
  expect(changes(before, now)).toEqual(expected);
});

it('says the new MTU and the new name', () => {
  expect(linkChanges(link, { ...link, ifname: 'wan', mtu: 9000 })).toEqual([
    { ifname: 'wan', ifindex: 3, change: 'mtu', mtu: 9000 },
  ]);
});
