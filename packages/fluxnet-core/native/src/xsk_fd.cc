#include "xsk_fd.h"

#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <utility>

#include "spare_sockets.h"

namespace fluxnet {
namespace {

Failure BindTo(XskFd& xsk, uint32_t ifindex, uint32_t queue_id, uint16_t flags, int shared_fd) {
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

Result<Fd> OpenXsk() {
  Fd fd(socket(AF_XDP, SOCK_RAW | SOCK_CLOEXEC, 0));
  if (!fd.open()) return LastError("socket(AF_XDP)");
  return fd;
}

Result<Fd> DuplicateXsk(int fd) {
  Fd copy(fcntl(fd, F_DUPFD_CLOEXEC, 0));
  if (!copy.open()) return LastError("fcntl(F_DUPFD_CLOEXEC)");
  int domain = 0;
  socklen_t length = sizeof(domain);
  if (getsockopt(copy.get(), SOL_SOCKET, SO_DOMAIN, &domain, &length) != 0) {
    return LastError("getsockopt(SO_DOMAIN)");
  }
  if (domain != AF_XDP) return SysError{EPROTOTYPE, "getsockopt(SO_DOMAIN)", {}};
  return copy;
}

Result<std::shared_ptr<XskFd>> XskFd::Open() {
  auto xsk = std::make_shared<XskFd>();
  if (auto spare = SpareSockets::Take()) {
    xsk->fd = std::move(*spare);
    return xsk;
  }
  Result<Fd> fd = OpenXsk();
  if (!fd.ok()) return fd.error();
  xsk->fd = std::move(fd.value());
  return xsk;
}

Result<std::shared_ptr<XskFd>> XskFd::Adopt(int fd, bool registered, bool bound) {
  Result<Fd> copy = DuplicateXsk(fd);
  if (!copy.ok()) return copy.error();
  auto xsk = std::make_shared<XskFd>();
  xsk->fd = std::move(copy.value());
  xsk->registered = registered;
  xsk->bound = bound;
  return xsk;
}

Failure XskFd::Bind(uint32_t ifindex, uint32_t queue_id, uint16_t flags) {
  return BindTo(*this, ifindex, queue_id, flags, 0);
}

Failure XskFd::BindShared(uint32_t ifindex, uint32_t queue_id, const XskFd& owner) {
  return BindTo(*this, ifindex, queue_id, XDP_SHARED_UMEM, owner.fd.get());
}

void XskFd::GiveUp(std::shared_ptr<XskFd> xsk) {
  if (!xsk || xsk.use_count() == 1) return;
  const Fd empty(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (empty.open()) dup3(empty.get(), xsk->fd.get(), O_CLOEXEC);
}

}  // namespace fluxnet
