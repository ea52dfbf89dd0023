#include "netlink_socket.h"

#include <linux/netlink.h>
#include <sys/socket.h>

#include <cstring>

#include "args.h"

namespace fluxnet {
namespace {

// What the kernel fills at most with one part of a dump (netlink_recvmsg, af_netlink.c).
constexpr size_t kLargestDatagram = 32768;

bool Enable(int fd, int option) {
  const int on = 1;
  return setsockopt(fd, SOL_NETLINK, option, &on, sizeof(on)) == 0;
}

}  // namespace

Napi::Function NetlinkSocket::Define(Napi::Env env) {
  return DefineClass(env, kName,
                     {InstanceMethod<&NetlinkSocket::Send>("send"),
                      InstanceMethod<&NetlinkSocket::Receive>("receive"),
                      InstanceMethod<&NetlinkSocket::Watch>("watch"),
                      InstanceMethod<&NetlinkSocket::Close>("close")});
}

NetlinkSocket::NetlinkSocket(const Napi::CallbackInfo& info) : ObjectWrap(info) {
  info.This().As<Napi::Object>().TypeTag(&kTypeTag);
  Open(info);
}

void NetlinkSocket::Open(const Napi::CallbackInfo& info) {
  const auto protocol = IntegerArg(info, 0, "protocol", 0, INT32_MAX);
  if (!protocol) return;
  const auto group = IntegerArg(info, 1, "group", 0, INT32_MAX);
  if (!group) return;
  Fd fd(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, static_cast<int>(*protocol)));
  if (!fd.open()) return ThrowSystemError(Env(), LastError("socket(AF_NETLINK)"));
  // Strict checking lets dumps filter; the other two put the reason into an error's answer. All
  // are older than any kernel that fluxnet supports (4.20, 4.12, 4.3).
  if (!Enable(fd.get(), NETLINK_GET_STRICT_CHK) || !Enable(fd.get(), NETLINK_EXT_ACK) ||
      !Enable(fd.get(), NETLINK_CAP_ACK)) {
    return ThrowSystemError(Env(), LastError("setsockopt(SOL_NETLINK)"));
  }
  sockaddr_nl address{};
  address.nl_family = AF_NETLINK;
  if (bind(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0) {
    return ThrowSystemError(Env(), LastError("bind"));
  }
  const int joined = static_cast<int>(*group);
  if (joined != 0 &&
      setsockopt(fd.get(), SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &joined, sizeof(joined)) != 0) {
    return ThrowSystemError(Env(), LastError("setsockopt(NETLINK_ADD_MEMBERSHIP)"));
  }
  fd_ = std::move(fd);
}

Napi::Value NetlinkSocket::Send(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  if (!info[0].IsTypedArray() ||
      info[0].As<Napi::TypedArray>().TypedArrayType() != napi_uint8_array) {
    Napi::TypeError::New(env, "bytes must be a Uint8Array").ThrowAsJavaScriptException();
    return env.Undefined();
  }
  if (!fd_.open()) return Napi::Number::New(env, -EBADF);
  const auto bytes = info[0].As<Napi::Uint8Array>();
  const ssize_t sent = send(fd_.get(), bytes.Data(), bytes.ByteLength(), MSG_DONTWAIT);
  return Napi::Number::New(env, sent < 0 ? -errno : 0);
}

Napi::Value NetlinkSocket::Receive(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  if (!fd_.open()) return Napi::Number::New(env, -EBADF);
  uint8_t buffer[kLargestDatagram];
  for (;;) {
    sockaddr_nl from{};
    socklen_t length = sizeof(from);
    const ssize_t size = recvfrom(fd_.get(), buffer, sizeof(buffer), MSG_DONTWAIT | MSG_TRUNC,
                                  reinterpret_cast<sockaddr*>(&from), &length);
    if (size < 0) return Napi::Number::New(env, -errno);
    if (from.nl_pid != 0) continue;  // Another process may write to us: only the kernel counts.
    if (static_cast<size_t>(size) > sizeof(buffer)) return Napi::Number::New(env, -EMSGSIZE);
    Napi::Uint8Array bytes = Napi::Uint8Array::New(env, static_cast<size_t>(size));
    std::memcpy(bytes.Data(), buffer, static_cast<size_t>(size));
    return bytes;
  }
}

void NetlinkSocket::Watch(const Napi::CallbackInfo& info) {
  const auto listener = FunctionArg(info, 0, "listener");
  if (!listener) return;
  if (!fd_.open()) return ThrowClosed(info.Env(), "netlink socket");
  if (!watch_) {
    watch_.reset(FdWatch::Open(info.Env(), fd_.get()));
    if (!watch_) return;
  }
  watch_->Start(info.Env(), true, false, *listener);
}

void NetlinkSocket::Close(const Napi::CallbackInfo&) {
  watch_.reset();  // Before the descriptor it waits on.
  fd_.Close();
}

}  // namespace fluxnet
