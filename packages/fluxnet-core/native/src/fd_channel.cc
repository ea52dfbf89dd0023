#include "fd_channel.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <cstring>
#include <string>
#include <vector>

#include "args.h"
#include "unix_address.h"

namespace fluxnet {
namespace {

constexpr size_t kMostFds = 253;  // SCM_MAX_FD (include/net/scm.h)
constexpr size_t kMostBytes = size_t{1} << 16;

using Control = std::array<char, CMSG_SPACE(kMostFds * sizeof(int))>;

// The descriptors that the kernel has installed. All control data is looked at: one that is passed
// over stays open in this process for good.
std::vector<int> FdsOf(msghdr* message) {
  std::vector<int> fds;
  for (cmsghdr* part = CMSG_FIRSTHDR(message); part != nullptr; part = CMSG_NXTHDR(message, part)) {
    if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS) continue;
    const size_t count = (part->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    if (count == 0) continue;
    const size_t before = fds.size();
    fds.resize(before + count);
    std::memcpy(fds.data() + before, CMSG_DATA(part), count * sizeof(int));
  }
  return fds;
}

std::optional<std::vector<int>> FdsArg(const Napi::CallbackInfo& info, size_t index) {
  std::vector<int> fds;
  if (info[index].IsArray()) {
    const auto list = info[index].As<Napi::Array>();
    const uint32_t count = list.Length();
    for (uint32_t i = 0; i < count && i <= kMostFds; ++i) {
      const Napi::Value value = list.Get(i);
      fds.push_back(value.IsNumber() ? value.As<Napi::Number>().Int32Value() : -1);
    }
    if (count <= kMostFds) return fds;
  }
  Napi::TypeError::New(info.Env(), "fds must be an array of at most 253 descriptors")
      .ThrowAsJavaScriptException();
  return std::nullopt;
}

int IntOption(int fd, int option) {
  int value = -1;
  socklen_t length = sizeof(value);
  return getsockopt(fd, SOL_SOCKET, option, &value, &length) == 0 ? value : -1;
}

}  // namespace

Napi::Function FdChannel::Define(Napi::Env env) {
  return DefineClass(
      env, kName,
      {InstanceMethod<&FdChannel::Peer>("peer"), InstanceMethod<&FdChannel::Send>("send"),
       InstanceMethod<&FdChannel::Receive>("receive"), InstanceMethod<&FdChannel::Watch>("watch"),
       InstanceMethod<&FdChannel::Unwatch>("unwatch"), InstanceMethod<&FdChannel::Close>("close")});
}

FdChannel::FdChannel(const Napi::CallbackInfo& info) : ObjectWrap(info) {
  info.This().As<Napi::Object>().TypeTag(&kTypeTag);
  Open(info);
}

void FdChannel::Open(const Napi::CallbackInfo& info) {
  if (info[0].IsString()) return Connect(info[0].As<Napi::String>().Utf8Value());
  const auto fd = IntegerArg(info, 0, "fd", 0, INT32_MAX);
  if (fd) TakeOver(static_cast<int>(*fd));
}

void FdChannel::Connect(const std::string& path) {
  const auto address = UnixAddress(path);
  if (!address) return ThrowSystemError(Env(), {ENAMETOOLONG, "connect", {}});
  Fd fd(socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd.open()) return ThrowSystemError(Env(), LastError("socket(AF_UNIX)"));
  if (connect(fd.get(), reinterpret_cast<const sockaddr*>(&*address), sizeof(*address)) != 0) {
    return ThrowSystemError(Env(), LastError("connect"));
  }
  fd_ = std::move(fd);
}

void FdChannel::TakeOver(int fd) {
  int type = 0;
  socklen_t length = sizeof(type);
  if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &length) != 0) {
    return ThrowSystemError(Env(), LastError("getsockopt(SO_TYPE)"));
  }
  if (type != SOCK_SEQPACKET || IntOption(fd, SO_DOMAIN) != AF_UNIX ||
      IntOption(fd, SO_ACCEPTCONN) != 0) {
    return ThrowSystemError(Env(), {EPROTOTYPE, "getsockopt(SO_TYPE)", {}});
  }
  // It came through exec, so it may be inherited again without this.
  if (fcntl(fd, F_SETFD, FD_CLOEXEC) != 0) {
    return ThrowSystemError(Env(), LastError("fcntl(F_SETFD)"));
  }
  fd_ = Fd(fd);
}

Napi::Value FdChannel::Pair(const Napi::CallbackInfo& info) {
  int fds[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) != 0) {
    ThrowSystemError(info.Env(), LastError("socketpair"));
    return info.Env().Undefined();
  }
  Napi::Array pair = Napi::Array::New(info.Env(), 2);
  pair.Set(0u, Napi::Number::New(info.Env(), fds[0]));
  pair.Set(1u, Napi::Number::New(info.Env(), fds[1]));
  return pair;
}

Napi::Value FdChannel::Peer(const Napi::CallbackInfo& info) {
  ucred credentials{};
  socklen_t length = sizeof(credentials);
  if (!fd_.open()) {
    ThrowClosed(info.Env(), "channel");
    return info.Env().Undefined();
  }
  if (getsockopt(fd_.get(), SOL_SOCKET, SO_PEERCRED, &credentials, &length) != 0) {
    ThrowSystemError(info.Env(), LastError("getsockopt(SO_PEERCRED)"));
    return info.Env().Undefined();
  }
  Napi::Object peer = Napi::Object::New(info.Env());
  peer.Set("pid", Napi::Number::New(info.Env(), credentials.pid));
  peer.Set("uid", Napi::Number::New(info.Env(), credentials.uid));
  peer.Set("gid", Napi::Number::New(info.Env(), credentials.gid));
  return peer;
}

Napi::Value FdChannel::Send(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  if (!info[0].IsTypedArray() ||
      info[0].As<Napi::TypedArray>().TypedArrayType() != napi_uint8_array) {
    Napi::TypeError::New(env, "bytes must be a Uint8Array").ThrowAsJavaScriptException();
    return env.Undefined();
  }
  const auto fds = FdsArg(info, 1);
  if (!fds) return env.Undefined();
  auto bytes = info[0].As<Napi::Uint8Array>();
  if (!fd_.open()) return Napi::Number::New(env, -EBADF);
  // A message without bytes cannot be told from the end.
  if (bytes.ByteLength() == 0 || bytes.ByteLength() > kMostBytes) {
    return Napi::Number::New(env, -EMSGSIZE);
  }
  iovec part{bytes.Data(), bytes.ByteLength()};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  alignas(cmsghdr) Control control{};
  if (!fds->empty()) {
    const size_t size = fds->size() * sizeof(int);
    message.msg_control = control.data();
    message.msg_controllen = CMSG_SPACE(size);
    cmsghdr* rights = CMSG_FIRSTHDR(&message);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(size);
    std::memcpy(CMSG_DATA(rights), fds->data(), size);
  }
  const ssize_t sent = sendmsg(fd_.get(), &message, MSG_DONTWAIT | MSG_NOSIGNAL);
  return Napi::Number::New(env, sent < 0 ? -errno : 0);
}

Napi::Value FdChannel::Receive(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  if (!fd_.open()) return Napi::Number::New(env, -EBADF);
  std::vector<unsigned char> buffer(kMostBytes);
  alignas(cmsghdr) Control control{};
  iovec part{buffer.data(), buffer.size()};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  const ssize_t size = recvmsg(fd_.get(), &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
  if (size < 0) return Napi::Number::New(env, -errno);

  Napi::Object received = Napi::Object::New(env);
  Napi::Uint8Array bytes = Napi::Uint8Array::New(env, static_cast<size_t>(size));
  if (size > 0) std::memcpy(bytes.Data(), buffer.data(), static_cast<size_t>(size));
  received.Set("bytes", bytes);
  Napi::Array fds = Napi::Array::New(env);
  for (const int fd : FdsOf(&message)) fds.Set(fds.Length(), Napi::Number::New(env, fd));
  received.Set("fds", fds);
  // MSG_CTRUNC: the kernel could not install all descriptors here (RLIMIT_NOFILE, or a security
  // module refused one).
  received.Set("truncated",
               Napi::Boolean::New(env, (message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0));
  return received;
}

void FdChannel::Watch(const Napi::CallbackInfo& info) {
  const auto listener = FunctionArg(info, 2, "listener");
  if (!listener) return;
  if (!fd_.open()) return ThrowClosed(info.Env(), "channel");
  if (!watch_) {
    watch_.reset(FdWatch::Open(info.Env(), fd_.get()));
    if (!watch_) return;
  }
  watch_->Start(info.Env(), info[0].ToBoolean(), info[1].ToBoolean(), *listener);
}

void FdChannel::Unwatch(const Napi::CallbackInfo&) {
  if (watch_) watch_->Stop();
}

void FdChannel::Close(const Napi::CallbackInfo&) {
  watch_.reset();  // Before the descriptor it waits on.
  fd_.Close();
}

}  // namespace fluxnet
