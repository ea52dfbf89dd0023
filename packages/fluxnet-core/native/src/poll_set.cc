#include "poll_set.h"

#include <sys/eventfd.h>

#include <algorithm>
#include <chrono>
#include <mutex>
#include <unordered_map>

#include "args.h"
#include "socket.h"

namespace fluxnet {
namespace {

// The one process-wide table: a thread can be interrupted only by another one, which has another
// environment. An entry lives as long as its PollSet is open.
class Wakeups {
 public:
  static Wakeups& Get() {
    static Wakeups wakeups;
    return wakeups;
  }
  uint32_t Add(std::shared_ptr<Fd> fd) {
    std::lock_guard lock(mutex_);
    fds_[++last_token_] = std::move(fd);
    return last_token_;
  }
  void Remove(uint32_t token) {
    std::lock_guard lock(mutex_);
    fds_.erase(token);
  }
  std::shared_ptr<Fd> Find(uint32_t token) {
    std::lock_guard lock(mutex_);
    auto found = fds_.find(token);
    return found == fds_.end() ? nullptr : found->second;
  }

 private:
  std::mutex mutex_;
  uint32_t last_token_ = 0;
  std::unordered_map<uint32_t, std::shared_ptr<Fd>> fds_;
};

// How long a thread sleeps before it looks whether it is to end. `worker.terminate()` and
// `process.exit()` wait for the thread, and no hook runs on another one to wake it.
constexpr int64_t kLookMs = 100;

// Calls that could run JavaScript fail as soon as the thread is to end.
bool IsEnding(napi_env env) {
  napi_value number;
  napi_value same;
  return napi_create_uint32(env, 0, &number) != napi_ok ||
         napi_coerce_to_number(env, number, &same) != napi_ok;
}

// Fails only when the counter is saturated, and then the sleeper wakes anyway.
void Signal(const Fd& fd) { eventfd_write(fd.get(), 1); }

}  // namespace

Napi::Function PollSet::Define(Napi::Env env) {
  return DefineClass(
      env, kName,
      {InstanceMethod<&PollSet::Add>("add"), InstanceMethod<&PollSet::Wait>("wait"),
       InstanceMethod<&PollSet::Ready>("ready"), InstanceMethod<&PollSet::Interrupt>("interrupt"),
       InstanceMethod<&PollSet::Token>("token"), InstanceMethod<&PollSet::Close>("close")});
}

PollSet::PollSet(const Napi::CallbackInfo& info) : ObjectWrap(info) {
  info.This().As<Napi::Object>().TypeTag(&kTypeTag);
  Open(info);
}

void PollSet::Open(const Napi::CallbackInfo& info) {
  auto wakeup = std::make_shared<Fd>(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!wakeup->open()) return ThrowSystemError(Env(), LastError("eventfd"));
  wakeup_ = std::move(wakeup);
  token_ = Wakeups::Get().Add(wakeup_);
}

PollSet::~PollSet() {
  if (wakeup_) Wakeups::Get().Remove(token_);
}

void PollSet::InterruptByToken(const Napi::CallbackInfo& info) {
  const auto token = IntegerArg(info, 0, "token", 0, UINT32_MAX);
  if (!token) return;
  if (auto wakeup = Wakeups::Get().Find(*token)) Signal(*wakeup);
}

Napi::Value PollSet::Add(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  Socket* socket = WrappedArg<Socket>(info, 0, "socket");
  if (socket == nullptr) return env.Undefined();
  const auto& shared = socket->shared();
  if (!wakeup_ || !shared || !shared->open()) {
    ThrowClosed(env, wakeup_ ? "socket" : "poll set");
    return env.Undefined();
  }
  const short events =
      static_cast<short>((info[1].ToBoolean() ? POLLIN : 0) | (info[2].ToBoolean() ? POLLOUT : 0));
  for (size_t index = 0; index < members_.size(); ++index) {
    if (members_[index].socket.lock() == shared) {
      members_[index].events = events;
      return Napi::Number::New(env, static_cast<double>(index));
    }
  }
  shared->WakeOnClose(wakeup_);
  members_.push_back({shared, events, 0});
  return Napi::Number::New(env, static_cast<double>(members_.size() - 1));
}

int PollSet::Sleep(Napi::Env env, int64_t timeout_ms) {
  using Clock = std::chrono::steady_clock;
  const auto end = Clock::now() + std::chrono::milliseconds(timeout_ms);
  int64_t left = timeout_ms;
  for (;;) {
    const bool last = left >= 0 && left <= kLookMs;
    const int result =
        poll(fds_.data(), fds_.size(), static_cast<int>(last ? left : kLookMs));
    if (result < 0) return -errno;
    if (result > 0 || last) return result;
    if (IsEnding(env)) return -EINTR;
    if (timeout_ms < 0) continue;
    const auto rest = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now()).count();
    left = std::max<int64_t>(rest, 0);
  }
}

Napi::Value PollSet::Wait(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const auto timeout = IntegerArg(info, 0, "timeoutMs", -1, INT32_MAX);
  if (!timeout) return env.Undefined();
  if (!wakeup_) return Napi::Number::New(env, -EBADF);

  // Held during the call, so that no descriptor number is reused under it.
  std::vector<std::shared_ptr<XskFd>> held;
  fds_.assign(1, {wakeup_->get(), POLLIN, 0});
  for (const Member& member : members_) {
    const auto socket = member.socket.lock();
    held.push_back(socket ? socket->xsk() : nullptr);
    fds_.push_back({held.back() ? held.back()->fd.get() : -1, member.events, 0});
  }
  const int result = Sleep(env, *timeout);
  if (result < 0) {
    for (Member& member : members_) member.ready = 0;
    return Napi::Number::New(env, result);
  }
  eventfd_t ignored;
  if (fds_[0].revents != 0) eventfd_read(wakeup_->get(), &ignored);
  int ready = 0;
  for (size_t index = 0; index < members_.size(); ++index) {
    members_[index].ready = fds_[index + 1].revents;
    if (members_[index].ready != 0) ++ready;
  }
  return Napi::Number::New(env, ready);
}

Napi::Value PollSet::Ready(const Napi::CallbackInfo& info) {
  const auto index = IntegerArg(info, 0, "index", 0, INT32_MAX);
  if (!index) return info.Env().Undefined();
  const short ready =
      static_cast<size_t>(*index) < members_.size() ? members_[*index].ready : short{0};
  return Napi::Number::New(info.Env(),
                           ((ready & POLLIN) != 0 ? 1 : 0) | ((ready & POLLOUT) != 0 ? 2 : 0));
}

void PollSet::Interrupt(const Napi::CallbackInfo&) {
  if (wakeup_) Signal(*wakeup_);
}

Napi::Value PollSet::Token(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), token_);
}

void PollSet::Close(const Napi::CallbackInfo&) {
  if (!wakeup_) return;
  Wakeups::Get().Remove(token_);
  wakeup_.reset();
  members_.clear();
}

}  // namespace fluxnet
