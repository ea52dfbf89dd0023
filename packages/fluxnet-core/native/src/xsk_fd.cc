#include "xsk_fd.h"

#include <sys/socket.h>

#include <utility>

namespace fluxnet {
namespace {

Failure Bind(XskFd& xsk, uint32_t ifindex, uint32_t queue_id, uint16_t flags, int shared_fd) {
  sockaddr_xdp address{};
  address.sxdp_family = AF_XDP;
  address.sxdp_flags = flags;
  address.sxdp_ifindex = ifindex;
  address.sxdp_queue_id = queue_id;
  address.sxdp_shared_umem_fd = static_cast<uint32_t>(shared_fd);
  if (bind(xsk.fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0) {
    return LastError("bind");
  }
  xsk.bound = true;
  return std::nullopt;
}

}  // namespace

Result<std::shared_ptr<XskFd>> XskFd::Open() {
  const int fd = socket(AF_XDP, SOCK_RAW | SOCK_CLOEXEC, 0);
  if (fd < 0) return LastError("socket(AF_XDP)");
  auto xsk = std::make_shared<XskFd>();
  xsk->fd = Fd(fd);
  return xsk;
}

Failure BindShared(XskFd& xsk, uint32_t ifindex, uint32_t queue_id, const XskFd& owner) {
  return Bind(xsk, ifindex, queue_id, XDP_SHARED_UMEM, owner.fd.get());
}

Failure UmemGroup::Register(XskFd& xsk) const {
  UmemReg reg{};
  reg.addr = reinterpret_cast<uint64_t>(memory_->address());
  reg.len = memory_->size();
  reg.chunk_size = layout_.chunk_size;
  reg.headroom = layout_.headroom;
  reg.flags = layout_.flags;
  reg.tx_metadata_len = layout_.tx_metadata_length;
  if (setsockopt(xsk.fd.get(), SOL_XDP, XDP_UMEM_REG, &reg, sizeof(reg)) != 0) {
    return LastError("setsockopt(XDP_UMEM_REG)");
  }
  xsk.registered = true;
  return std::nullopt;
}

Result<std::shared_ptr<XskFd>> UmemGroup::TakeSocket() {
  if (first_) return std::exchange(first_, nullptr);
  return XskFd::Open();
}

Failure UmemGroup::BindQueue(const std::shared_ptr<XskFd>& xsk, uint32_t ifindex, uint32_t queue_id,
                             uint16_t flags) {
  if (xsk->bound) return Bind(*xsk, ifindex, queue_id, flags, 0);  // Refused, by the kernel.
  Failure failure;
  // A socket with a registration of its own cannot share (xsk_bind, net/xdp/xsk.c).
  if (!xsk->registered) {
    while (!bound_.empty()) {
      const std::shared_ptr<XskFd> member = bound_.front().lock();
      failure = member ? BindShared(*xsk, ifindex, queue_id, *member) : SysError{EBADF, "bind", {}};
      if (!failure) break;
      if (failure->error != EBADF) return failure;
      // Closed, or its interface was removed: no longer a bound socket to the kernel.
      bound_.erase(bound_.begin());
    }
    if (bound_.empty()) failure = Register(*xsk);
  }
  if (!failure && !xsk->bound) failure = Bind(*xsk, ifindex, queue_id, flags, 0);
  if (!failure) bound_.push_back(xsk);
  return failure;
}

}  // namespace fluxnet
