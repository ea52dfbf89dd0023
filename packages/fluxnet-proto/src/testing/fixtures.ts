/**
 * Frames for the tests. Those above the line were captured with `tcpdump -XX` on a veth pair
 * between two Linux 6.18 network namespaces, transmit checksum offload off, MTU 100 on the sending
 * side; each carries what tcpdump said of it. 192.0.2.1 is 02:00:00:00:00:01, 192.0.2.2 is
 * 02:00:00:00:00:02.
 */

export function fromHex(hex: string): Uint8Array {
  const digits = hex.replace(/\s+/g, '');
  return Uint8Array.from({ length: digits.length / 2 }, (_, i) =>
    Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16),
  );
}

export const captured = {
  // ARP, Ethernet (len 6), IPv4 (len 4), Request who-has 192.0.2.2 tell 192.0.2.1, length 28
  arpRequest: fromHex(`
    ffff ffff ffff 0200 0000 0001 0806 0001 0800 0604 0001 0200 0000 0001 c000 0201
    0000 0000 0000 c000 0202`),
  // ARP, Ethernet (len 6), IPv4 (len 4), Reply 192.0.2.2 is-at 02:00:00:00:00:02, length 28
  arpReply: fromHex(`
    0200 0000 0001 0200 0000 0002 0806 0001 0800 0604 0002 0200 0000 0002 c000 0202
    0200 0000 0001 c000 0201`),
  // ttl 64, id 64547, flags [DF], 192.0.2.1.4000 > 192.0.2.2.5000: [udp sum ok] UDP, length 7
  udp: fromHex(`
    0200 0000 0002 0200 0000 0001 0800 4500 0023 fc23 4000 4011 baa2 c000 0201 c000
    0202 0fa0 1388 000f 9a59 666c 7578 6e65 74`),
  // id 64595, flags [DF], options (RA), 192.0.2.1.4000 > 192.0.2.2.5000: [udp sum ok] UDP, length 7
  udpWithIpOptions: fromHex(`
    0200 0000 0002 0200 0000 0001 0800 4600 0027 fc53 4000 4011 256a c000 0201 c000
    0202 9404 0000 0fa0 1388 000f 925b 6f70 7469 6f6e 73`),
  // id 64633, offset 0, flags [+], 192.0.2.1.4000 > 192.0.2.2.5000: UDP, length 100
  firstFragment: fromHex(`
    0200 0000 0002 0200 0000 0001 0800 4500 0064 fc79 2000 4011 da0b c000 0201 c000
    0202 0fa0 1388 006c bc1c 0001 0203 0405 0607 0809 0a0b 0c0d 0e0f 1011 1213 1415
    1617 1819 1a1b 1c1d 1e1f 2021 2223 2425 2627 2829 2a2b 2c2d 2e2f 3031 3233 3435
    3637 3839 3a3b 3c3d 3e3f 4041 4243 4445 4647`),
  // id 64633, offset 80, flags [none], 192.0.2.1 > 192.0.2.2: ip-proto-17
  laterFragment: fromHex(`
    0200 0000 0002 0200 0000 0001 0800 4500 0030 fc79 000a 4011 fa35 c000 0201 c000
    0202 4849 4a4b 4c4d 4e4f 5051 5253 5455 5657 5859 5a5b 5c5d 5e5f 6061 6263`),
  // id 51376, flags [DF], 192.0.2.1 > 192.0.2.2: ICMP echo request, id 7, seq 1, length 16
  icmpEcho: fromHex(`
    0200 0000 0002 0200 0000 0001 0800 4500 0024 c8b0 4000 4001 ee24 c000 0201 c000
    0202 0800 a496 0007 0001 6563 686f 206d 6521`),
  // id 44558, flags [none], 192.0.2.2 > 192.0.2.1: ICMP echo reply, id 7, seq 1, length 16
  icmpEchoReply: fromHex(`
    0200 0000 0001 0200 0000 0002 0800 4500 0024 ae0e 0000 4001 48c7 c000 0202 c000
    0201 0000 ac96 0007 0001 6563 686f 206d 6521`),
  // id 25102, 192.0.2.1.4001 > 192.0.2.2.8080: Flags [S], cksum 0x4f51 (correct), seq 746146893,
  // win 65535, options [mss 256,sackOK,TS val 3888638364 ecr 0,nop,wscale 10], length 0
  tcpSyn: fromHex(`
    0200 0000 0002 0200 0000 0001 0800 4500 003c 620e 4000 4006 54aa c000 0201 c000
    0202 0fa1 1f90 2c79 4c4d 0000 0000 a002 ffff 4f51 0000 0204 0100 0402 080a e7c7
    e99c 0000 0000 0103 030a`),
  // id 27447, 192.0.2.1.4001 > 192.0.2.2.8080: Flags [P.], cksum 0x22c2 (correct),
  // seq 1135014707:1135014712, ack 1479311396, win 64, length 5 (tcp_timestamps off)
  tcpPush: fromHex(`
    0200 0000 0002 0200 0000 0001 0800 4500 002d 6b37 4000 4006 4b90 c000 0201 c000
    0202 0fa1 1f90 43a6 f333 582c 8024 5018 0040 22c2 0000 4745 5420 2f`),
} as const;

// ------------------------------------------------------------------------------------------------

/** The captured UDP frame with tags put in behind its MAC addresses. */
function tagged(tags: string): Uint8Array {
  const { udp } = captured;
  return Uint8Array.from([...udp.slice(0, 12), ...fromHex(tags), ...udp.slice(12)]);
}

export const derived = {
  // 802.1Q: priority 5, VLAN 100.
  vlanUdp: tagged('8100 a064'),
  // 802.1ad VLAN 200 around 802.1Q VLAN 300.
  doubleVlanUdp: tagged('88a8 00c8 8100 012c'),
  threeVlanTags: tagged('88a8 0001 8100 0002 8100 0003'),
  // The UDP frame as a network card pads it, to 60 bytes.
  paddedUdp: Uint8Array.from([...captured.udp, ...new Uint8Array(60 - captured.udp.length)]),
} as const;

export const fixtures: Readonly<Record<string, Uint8Array>> = { ...captured, ...derived };

/** A copy of a frame with bytes replaced, for packets that lie about themselves. */
export function patched(frame: Uint8Array, patches: Readonly<Record<number, number>>): Uint8Array {
  const copy = Uint8Array.from(frame);
  for (const [offset, value] of Object.entries(patches)) copy[Number(offset)] = value;
  return copy;
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
