import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import { BLOCKED_PORT, FLOOD_PORT, HTTP_PORT, SINK_PORT } from '../firewall/rules.js';
import type { ServerReport } from './report.js';
import { serveParent } from './serve-parent.js';

/** Ordinary servers of the operating system's own network stack, behind the firewall. */
let httpRequests = 0;
let blockedConnections = 0;
let udpReceived = 0;
let floodReceived = 0;

serveParent(
  {
    open: async () => {
      const http = createServer((_, response) => {
        httpRequests++;
        response.end('through the firewall\n');
      });
      // It listens: a connection that does not come about was stopped on the way.
      const blocked = createTcpServer((socket) => {
        blockedConnections++;
        socket.destroy();
      });
      await once(http.listen(HTTP_PORT), 'listening');
      await once(blocked.listen(BLOCKED_PORT), 'listening');
      await openSink(SINK_PORT, () => udpReceived++);
      await openSink(FLOOD_PORT, () => floodReceived++);
    },
    report: (): ServerReport => ({ httpRequests, blockedConnections, udpReceived, floodReceived }),
  },
  () => {},
);

async function openSink(port: number, onMessage: () => void): Promise<void> {
  const sink = createSocket('udp4', onMessage);
  sink.bind(port);
  await once(sink, 'listening');
}
