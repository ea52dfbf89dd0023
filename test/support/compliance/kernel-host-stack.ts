import { execFileSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import type { HostStack } from 'fluxnet-core/compliance';
import { ip } from '../kernel.js';

let networks = 0;

/** An address of the benchmarking range (RFC 2544) on the interface; the far end is never asked. */
export function openHostStack(ifname: string): HostStack {
  const network = `198.18.${networks++}`;
  ip(`address add ${network}.1/24 dev ${ifname}`);
  ip(`neighbour add ${network}.2 lladdr 02:00:00:00:00:02 dev ${ifname}`);
  const socket = createSocket('udp4');
  return {
    sendUdp: (payload) =>
      new Promise((resolve, reject) => {
        socket.send(payload, 9, `${network}.2`, (error) => (error ? reject(error) : resolve()));
      }),
    disableTxChecksum: () => void execFileSync('ethtool', ['-K', ifname, 'tx', 'off']),
    close: () => socket.close(),
  };
}
