#include "spare_sockets.h"

#include <sys/socket.h>

#include <utility>

#include "args.h"
#include "xsk_fd.h"

namespace fluxnet {
namespace {

constexpr int64_t kMostSockets = 253;  // SCM_MAX_FD: what one message can carry.

}  // namespace

// Process-wide, as descriptors are: whichever thread opens a queue may use one.
class SpareSockets::Stock {
 public:
  static Stock& Get() {
    static Stock stock;
    return stock;
  }

  void Add(const std::shared_ptr<Set>& set) {
    std::lock_guard lock(mutex_);
    sets_.push_back(set);
  }

  std::optional<Fd> Take() {
    std::lock_guard lock(mutex_);
    for (const auto& set : OpenSets()) {
      std::lock_guard set_lock(set->mutex);
      if (set->fds.empty()) continue;
      Fd fd = std::move(set->fds.back());
      set->fds.pop_back();
      return fd;
    }
    return std::nullopt;
  }

  void GiveBack(Fd fd) {
    std::lock_guard lock(mutex_);
    const auto open = OpenSets();
    if (open.empty()) return;
    std::lock_guard set_lock(open.front()->mutex);
    open.front()->fds.push_back(std::move(fd));
  }

  size_t Count() {
    std::lock_guard lock(mutex_);
    size_t count = 0;
    for (const auto& set : OpenSets()) {
      std::lock_guard set_lock(set->mutex);
      count += set->fds.size();
    }
    return count;
  }

 private:
  std::vector<std::shared_ptr<Set>> OpenSets() {
    std::vector<std::shared_ptr<Set>> open;
    std::erase_if(sets_, [&](const std::weak_ptr<Set>& weak) {
      auto set = weak.lock();
      if (!set) return true;
      open.push_back(std::move(set));
      return false;
    });
    return open;
  }

  std::mutex mutex_;
  std::vector<std::weak_ptr<Set>> sets_;
};

Napi::Function SpareSockets::Define(Napi::Env env) {
  return DefineClass(
      env, kName,
      {InstanceMethod<&SpareSockets::Fds>("fds"),
       InstanceMethod<&SpareSockets::Close>("close")});
}

SpareSockets::SpareSockets(const Napi::CallbackInfo& info) : ObjectWrap(info) {
  info.This().As<Napi::Object>().TypeTag(&kTypeTag);
  Open(info);
}

void SpareSockets::Open(const Napi::CallbackInfo& info) {
  auto set = std::make_shared<Set>();
  if (info[0].IsArray()) {
    if (!Duplicate(info[0].As<Napi::Array>(), &set->fds)) return;
    Stock::Get().Add(set);
  } else {
    const auto count = IntegerArg(info, 0, "count", 1, kMostSockets);
    if (!count || !OpenNew(*count, &set->fds)) return;
  }
  set_ = std::move(set);
}

bool SpareSockets::OpenNew(int64_t count, std::vector<Fd>* fds) {
  for (int64_t i = 0; i < count; ++i) {
    Result<Fd> fd = OpenXsk();
    if (!fd.ok()) {
      ThrowSystemError(Env(), fd.error());
      return false;
    }
    fds->push_back(std::move(fd.value()));
  }
  return true;
}

bool SpareSockets::Duplicate(const Napi::Array& numbers, std::vector<Fd>* fds) {
  for (uint32_t i = 0; i < numbers.Length(); ++i) {
    const Napi::Value number = numbers.Get(i);
    Result<Fd> fd = DuplicateXsk(number.IsNumber() ? number.As<Napi::Number>().Int32Value() : -1);
    if (!fd.ok()) {
      ThrowSystemError(Env(), fd.error());
      return false;
    }
    fds->push_back(std::move(fd.value()));
  }
  return true;
}

std::optional<Fd> SpareSockets::Take() { return Stock::Get().Take(); }

void SpareSockets::GiveBack(Fd fd) { Stock::Get().GiveBack(std::move(fd)); }

Napi::Value SpareSockets::InStock(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), static_cast<double>(Stock::Get().Count()));
}

Napi::Value SpareSockets::Fds(const Napi::CallbackInfo& info) {
  Napi::Array numbers = Napi::Array::New(info.Env());
  if (!set_) return numbers;
  std::lock_guard lock(set_->mutex);
  for (const Fd& fd : set_->fds) {
    numbers.Set(numbers.Length(), Napi::Number::New(info.Env(), fd.get()));
  }
  return numbers;
}

void SpareSockets::Close(const Napi::CallbackInfo&) { set_.reset(); }

}  // namespace fluxnet
