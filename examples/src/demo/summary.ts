import type { Report } from './report.js';

/** The end of a run, for people. */
export function summaryLines(report: Report): string[] {
  const { http, ping, udp } = report;
  const rules = (counts: Readonly<Record<string, number>>) =>
    Object.entries(counts)
      .map(([name, value]) => `${name} ${value}`)
      .join(', ') || 'nothing';
  return [
    '',
    `backend      ${report.backend}, ${report.effective.ports
      .map((port) => `${port.ifname}: ${port.attachMode}, ${port.copyMode}`)
      .join('; ')}; ${report.effective.pages} pages`,
    `http         allowed port: ${http.allowed} (${http.requests} requests, ${http.failures} failed)` +
      `; blocked port: ${http.blocked}`,
    `ping         ${ping.received} of ${ping.sent} answered`,
    `udp          ${udp.sent} sent; ${udp.receivedAllowed} let through, flood: ${udp.receivedFlood}`,
    `forwarded    ${report.forwarded} (${rules(report.allowedByRule)})`,
    `dropped      ${report.dropped} (${rules(report.dropsByRule)})`,
    `conservation ${report.conservation ? 'every packet is accounted for' : 'BROKEN'}`,
    ...report.equations
      .filter((equation) => !equation.holds)
      .map((equation) => `  ${equation.name}: ${equation.left} is not ${equation.right}`),
  ];
}
