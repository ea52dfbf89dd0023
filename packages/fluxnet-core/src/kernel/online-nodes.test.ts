import { expect, it } from 'vitest';
import { parseNodeList } from './online-nodes.js';

it.each([
  ['0\n', [0]],
  ['0-3\n', [0, 1, 2, 3]],
  ['0,2-3', [0, 2, 3]],
  ['1,4-4', [1, 4]],
])('reads the list of nodes %j', (list, nodes) => {
  expect(parseNodeList(list)).toEqual(nodes);
});
