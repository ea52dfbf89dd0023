// One AF_XDP socket of the kernel.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include "fd.h"
#include "result.h"
#include "xdp_abi.h"

namespace fluxnet {

// socket(AF_XDP). Needs CAP_NET_RAW.
Result<Fd> OpenXsk();
// A duplicate, close-on-exec, of a descriptor that must be an AF_XDP socket: EPROTOTYPE or
// ENOTSOCK where it is something else. The caller's stays his.
Result<Fd> DuplicateXsk(int fd);

// Held by whoever is in a system call on it, so that its number is not another file's meanwhile.
struct XskFd {
  Fd fd;
  std::atomic<bool> registered = false;  // XDP_UMEM_REG was done on it.
  std::atomic<bool> bound = false;

  // One of the spare sockets that were handed to this process, else a new one.
  static Result<std::shared_ptr<XskFd>> Open();
  // Another process's, of which the kernel does not tell the state.
  static Result<std::shared_ptr<XskFd>> Adopt(int fd, bool registered, bool bound);

  Failure Bind(uint32_t ifindex, uint32_t queue_id, uint16_t flags);
  // bind(2) with XDP_SHARED_UMEM, which takes no other flag.
  Failure BindShared(uint32_t ifindex, uint32_t queue_id, const XskFd& owner);

  // Lets go of a socket for good. Where another thread still holds it, in poll(2) for instance, an
  // empty file takes its place under the same number: the kernel releases the queue as soon as
  // that thread's call returns, whatever it does next.
  static void GiveUp(std::shared_ptr<XskFd> xsk);
};

}  // namespace fluxnet
