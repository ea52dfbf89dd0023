// SPDX-License-Identifier: MIT
#include <arpa/inet.h>
#include <net/ethernet.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <string.h>

#include "forward.h"
#include "jobs.h"

void echo_prepare(struct bench* bench) { bench_receive(bench); }

static void swap(unsigned char* a, unsigned char* b, uint32_t length) {
  unsigned char held[ETH_ALEN];
  memcpy(held, a, length);
  memcpy(a, b, length);
  memcpy(b, held, length);
}

// Turns a UDP packet around. Checksums are sums: exchanging their terms leaves them right. Frames
// of any other kind are refused, ARP too: who wants an echo sets a static neighbour.
static bool turn_around(unsigned char* packet, uint32_t length) {
  const uint32_t smallest = sizeof(struct ether_header) + sizeof(struct iphdr);
  if (length < smallest + sizeof(struct udphdr)) return false;
  const bool ipv4 = packet[12] == 0x08 && packet[13] == 0x00 && packet[14] >> 4 == 4;
  unsigned char* ip = packet + sizeof(struct ether_header);
  const uint32_t header = (ip[0] & 0x0fu) * 4;
  if (!ipv4 || ip[9] != IPPROTO_UDP || header < sizeof(struct iphdr)) return false;
  if (((ip[6] & 0x1f) | ip[7]) != 0) return false;  // A later fragment has no ports.
  if (length < sizeof(struct ether_header) + header + sizeof(struct udphdr)) return false;
  swap(packet, packet + ETH_ALEN, ETH_ALEN);
  swap(ip + offsetof(struct iphdr, saddr), ip + offsetof(struct iphdr, daddr), 4);
  swap(ip + header, ip + header + 2, 2);
  return true;
}

uint32_t echo_pass(struct bench* bench) {
  struct port* port = &bench->ports[0];
  port_collect(port, &bench->pool);
  port_refill(port, &bench->pool);
  const uint32_t received = forward_batch(bench, port, port, turn_around);
  port_flush(port, &bench->pool);
  return received;
}
