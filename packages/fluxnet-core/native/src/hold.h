// One isolate's hold on a shared object.
#pragma once

#include <napi.h>

#include <memory>
#include <utility>

#include "addon_data.h"
#include "args.h"
#include "shared_table.h"

namespace fluxnet {

template <typename T>
class Hold {
 public:
  // Opened here: closed for all isolates with close(), or with this environment.
  void Own(Napi::Env env, std::shared_ptr<T> object) {
    AddonData::Of(env).Own(object);
    object_ = std::move(object);
    owned_ = true;
  }

  // The object that argument 0 names; where there is none, an exception is pending.
  void Borrow(const Napi::CallbackInfo& info) {
    const auto token = IntegerArg(info, 0, "token", 1, (int64_t{1} << 53) - 1);
    if (!token) return;
    auto object = SharedTable::Get().Find(*token);
    if (!object) return ThrowClosed(info.Env(), T::kWhat);
    if (object->kind() != T::kKind) {
      return Napi::TypeError::New(info.Env(), std::string("the token names no ") + T::kWhat)
          .ThrowAsJavaScriptException();
    }
    object_ = std::static_pointer_cast<T>(std::move(object));
  }

  bool open() const { return object_ && object_->open(); }
  const std::shared_ptr<T>& get() const { return object_; }
  T* operator->() const { return object_.get(); }

  // token() of the JavaScript object.
  Napi::Value Token(Napi::Env env) const {
    if (open()) {
      return Napi::Number::New(env, static_cast<double>(SharedObject::TokenOf(object_)));
    }
    ThrowClosed(env, T::kWhat);
    return env.Undefined();
  }

  // SAFETY: this isolate's buffers over the object are to be detached before.
  void Close() {
    if (owned_ && object_) object_->Close();
    object_.reset();
  }

 private:
  std::shared_ptr<T> object_;
  bool owned_ = false;
};

}  // namespace fluxnet
