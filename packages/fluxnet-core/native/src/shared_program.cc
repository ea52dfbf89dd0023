#include "shared_program.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/if_link.h>

#include <utility>

#include "bpf_fd.h"
#include "bpf_log.h"

namespace fluxnet {

Result<std::shared_ptr<SharedProgram>> SharedProgram::Open(int program, int sockets,
                                                           int counters) {
  auto fds = std::make_shared<Fds>();
  if (program >= 0) {
    Result<Fd> own_program = DuplicateXdpProgram(program);
    if (!own_program.ok()) return own_program.error();
    fds->program = std::move(own_program.value());
  }
  bpf_map_info facts{};
  Result<Fd> own_sockets = DuplicateMap(sockets, BPF_MAP_TYPE_XSKMAP, &facts);
  if (!own_sockets.ok()) return own_sockets.error();
  fds->sockets = std::move(own_sockets.value());
  const uint32_t max_queues = facts.max_entries;
  if (counters >= 0) {
    Result<Fd> own_counters = DuplicateMap(counters, BPF_MAP_TYPE_PERCPU_ARRAY, &facts);
    if (!own_counters.ok()) return own_counters.error();
    // The kernel writes one value per CPU of this size.
    if (facts.value_size != sizeof(uint64_t)) {
      return SysError{EINVAL, "bpf(BPF_OBJ_GET_INFO_BY_FD)", {}};
    }
    fds->counters = std::move(own_counters.value());
  }
  return std::make_shared<SharedProgram>(std::move(fds), max_queues);
}

std::shared_ptr<SharedProgram::Fds> SharedProgram::fds() {
  std::lock_guard lock(mutex_);
  return fds_;
}

Failure SharedProgram::Attach(int ifindex, bool generic) {
  std::lock_guard lock(mutex_);
  if (!fds_) return SysError{EBADF, "bpf(BPF_LINK_CREATE)", {}};
  bpf_link_create_opts options{};
  options.sz = sizeof(options);
  options.flags = generic ? XDP_FLAGS_SKB_MODE : XDP_FLAGS_DRV_MODE;
  BpfLog log;
  const int fd = bpf_link_create(fds_->program.get(), ifindex, BPF_XDP, &options);
  if (fd < 0) return SysError{-fd, "bpf(BPF_LINK_CREATE)", log.text()};
  fds_->link = Fd(fd);
  return std::nullopt;
}

void SharedProgram::Release() {
  std::lock_guard lock(mutex_);
  fds_.reset();
}

}  // namespace fluxnet
