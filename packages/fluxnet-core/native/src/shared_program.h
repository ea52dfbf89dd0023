// A loaded XDP program with its socket map, attached by a bpf_link: the kernel detaches it when the
// process dies, however it dies.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>

#include "fd.h"
#include "result.h"
#include "shared_object.h"

namespace fluxnet {

class SharedProgram : public SharedObject {
 public:
  static constexpr SharedKind kKind = SharedKind::kProgram;
  static constexpr const char* kWhat = "program";

  struct Fds {
    Fd program;
    Fd sockets;
    Fd counters;
    Fd link;  // Detaches as it closes: the link has no other descriptor.
  };

  // Duplicates descriptors of an XDP program, an XSKMAP and a per-CPU array of 64-bit counters;
  // EINVAL where they are not. Counters may be -1, and the program, where another process has it
  // attached.
  static Result<std::shared_ptr<SharedProgram>> Open(int program, int sockets, int counters);
  SharedProgram(std::shared_ptr<Fds> fds, uint32_t max_queues)
      : SharedObject(kKind), max_queues_(max_queues), fds_(std::move(fds)) {}

  uint32_t max_queues() const { return max_queues_; }
  // To be held during a system call; null once it is closed.
  std::shared_ptr<Fds> fds();
  // BPF_LINK_CREATE
  Failure Attach(int ifindex, bool generic);

 protected:
  void Release() override;

 private:
  const uint32_t max_queues_;
  std::mutex mutex_;  // Of what follows.
  std::shared_ptr<Fds> fds_;
};

}  // namespace fluxnet
