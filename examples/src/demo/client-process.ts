import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { get } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { BLOCKED_PORT, FLOOD_PORT, HTTP_PORT, SINK_PORT } from '../firewall/rules.js';
import type { ClientReport } from './report.js';
import { serveParent } from './serve-parent.js';
import { SERVER_IP } from './topology.js';

/** Real clients in front of the firewall: web requests, a forbidden port, ping, UDP floods. */
const CONNECT_TIMEOUT_MS = 1000;
const HTTP_INTERVAL_MS = 100;
const UDP_BURST = 32;
const UDP_INTERVAL_MS = 2;

let running = true;
let allowed: ClientReport['allowed'] = 'no request was made';
let blocked: ClientReport['blocked'] = 'timeout';
let httpRequests = 0;
let httpFailures = 0;
let udpSent = 0;
const ping = { sent: 0, received: 0 };
let parts: Promise<unknown> = Promise.resolve();
let pinging: ChildProcess | undefined;

serveParent(
  {
    start: () => {
      parts = Promise.all([requestPages(), tryBlockedPort(), pingServer(), flood()]);
      parts.catch((error: Error) => {
        process.stderr.write(`client: ${error.message}\n`);
        process.exit(1);
      });
    },
    stop: async (): Promise<ClientReport> => {
      running = false;
      await parts;
      return { allowed, blocked, httpRequests, httpFailures, ping, udpSent };
    },
  },
  () => pinging?.kill('SIGKILL'), // It would go on without us.
);

async function requestPages(): Promise<void> {
  do {
    httpRequests++;
    try {
      allowed = await requestPage();
    } catch (error) {
      httpFailures++;
      allowed = (error as Error).message;
    }
    await sleep(HTTP_INTERVAL_MS);
  } while (running);
}

function requestPage(): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = get(
      { host: SERVER_IP, port: HTTP_PORT, agent: false, timeout: 2 * CONNECT_TIMEOUT_MS },
      (response) => {
        response.resume().once('end', () => resolve(response.statusCode ?? 0));
      },
    );
    request.once('error', reject);
    request.once('timeout', () => request.destroy(new Error('timeout')));
  });
}

async function tryBlockedPort(): Promise<void> {
  do {
    const result = await connectOnce(BLOCKED_PORT);
    // One connection that came about is a leak, whatever the others did.
    if (blocked !== 'connected') blocked = result;
    await sleep(HTTP_INTERVAL_MS);
  } while (running);
}

function connectOnce(port: number): Promise<ClientReport['blocked']> {
  return new Promise((resolve) => {
    const socket = connect({ host: SERVER_IP, port, timeout: CONNECT_TIMEOUT_MS });
    const end = (result: ClientReport['blocked']) => {
      socket.destroy();
      resolve(result);
    };
    socket.once('connect', () => end('connected'));
    socket.once('timeout', () => end('timeout'));
    socket.once('error', () => end('refused'));
  });
}

async function pingServer(): Promise<void> {
  const child = spawn('ping', ['-n', '-i', '0.2', SERVER_IP], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  pinging = child;
  const exited = once(child, 'exit');
  while (running && child.exitCode === null) await sleep(50);
  child.kill('SIGINT'); // Makes ping print its summary.
  await exited;
  const summary = /(\d+) packets transmitted, (\d+) received/.exec(output);
  if (summary === null) throw new Error(`ping printed no summary: ${output}`);
  ping.sent = Number(summary[1]);
  ping.received = Number(summary[2]);
}

/** Much more than the firewall lets through to one port, and a flood to a port it closes. */
async function flood(): Promise<void> {
  const socket = createSocket('udp4');
  const payload = Buffer.alloc(64, 'flood');
  do {
    for (let i = 0; i < UDP_BURST; i++) {
      send(socket, payload, SINK_PORT);
      send(socket, payload, FLOOD_PORT);
    }
    await sleep(UDP_INTERVAL_MS);
  } while (running);
  socket.close();
}

function send(socket: Socket, payload: Buffer, port: number): void {
  socket.send(payload, port, SERVER_IP, (error) => {
    if (error === null) udpSent++;
  });
}
