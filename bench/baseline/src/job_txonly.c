// SPDX-License-Identifier: MIT
#include <arpa/inet.h>
#include <net/ethernet.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <string.h>

#include "jobs.h"

// RFC 1071 over a header whose checksum field is zero.
static uint16_t checksum(const void* header, uint32_t length) {
  const unsigned char* bytes = header;
  uint32_t sum = 0;
  for (uint32_t i = 0; i < length; i += 2) sum += (uint32_t)(bytes[i] << 8 | bytes[i + 1]);
  while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
  return htons((uint16_t)~sum);
}

// UDP 10.0.0.1:1000 -> 10.0.0.2:2000 without a UDP checksum (RFC 768 allows that).
static void write_packet(unsigned char* frame, uint32_t length) {
  struct {
    struct ether_header ethernet;
    struct iphdr ip;
    struct udphdr udp;
  } __attribute__((packed)) headers = {
      .ethernet = {.ether_dhost = {2, 0, 0, 0, 0, 2},
                   .ether_shost = {2, 0, 0, 0, 0, 1},
                   .ether_type = htons(ETHERTYPE_IP)},
      .ip = {.version = 4,
             .ihl = 5,
             .tot_len = htons((uint16_t)(length - sizeof(struct ether_header))),
             .ttl = 64,
             .protocol = IPPROTO_UDP,
             .saddr = htonl(0x0a000001),
             .daddr = htonl(0x0a000002)},
      .udp = {.source = htons(1000),
              .dest = htons(2000),
              .len =
                  htons((uint16_t)(length - sizeof(struct ether_header) - sizeof(struct iphdr)))},
  };
  struct iphdr ip = headers.ip;
  headers.ip.check = checksum(&ip, sizeof(ip));
  memset(frame, 0, length);
  memcpy(frame, &headers, sizeof(headers));
}

void txonly_prepare(struct bench* bench) {
  const struct options* options = bench->options;
  for (uint32_t i = 0; i < options->frame_count; i++) {
    write_packet(bench->memory + (size_t)i * options->frame_size, options->length);
  }
}

uint32_t txonly_pass(struct bench* bench) {
  struct port* port = &bench->ports[0];
  struct pool* pool = &bench->pool;
  port_collect(port, pool);
  uint32_t count = bench->options->batch;
  const uint32_t room = xsk_prod_nb_free(&port->tx, count);
  if (count > room) count = room;
  if (count > pool->free) count = pool->free;
  uint32_t first;
  if (count > 0 && xsk_ring_prod__reserve(&port->tx, count, &first) == count) {
    for (uint32_t i = 0; i < count; i++) {
      struct xdp_desc* desc = xsk_ring_prod__tx_desc(&port->tx, first + i);
      desc->addr = pool->addresses[--pool->free];
      desc->len = bench->options->length;
      desc->options = 0;
    }
    xsk_ring_prod__submit(&port->tx, count);
    port->tx_outstanding += count;
    port->count.tx_packets += count;
    port->count.tx_bytes += (uint64_t)count * bench->options->length;
    port->flush_pending = true;
  }
  port_flush(port, pool);
  return count;
}
