// Checks of what JavaScript passes in. Every failure leaves a pending JavaScript exception.
#pragma once

#include <napi.h>

#include <cstdint>
#include <optional>
#include <string>

#include "result.h"

namespace fluxnet {

// Argument `index` as an integer in [min, max]; NaN, fractions and other types are refused.
std::optional<int64_t> IntegerArg(const Napi::CallbackInfo& info, size_t index, const char* name,
                                  int64_t min, int64_t max);
std::optional<std::string> StringArg(const Napi::CallbackInfo& info, size_t index,
                                     const char* name);
std::optional<Napi::Function> FunctionArg(const Napi::CallbackInfo& info, size_t index,
                                          const char* name);

// Throws an Error with `errno` (negative), `syscall` and, where there is one, `log`.
void ThrowSystemError(Napi::Env env, const SysError& error);
// Throws an Error with a code of FluxError's and, where there is one, `log`.
void ThrowCoded(Napi::Env env, const char* code, const std::string& message,
                const std::string& log);
// Throws an Error with `code: 'FLUX_CLOSED'`.
void ThrowClosed(Napi::Env env, const char* what);

// Argument `index` as a wrapped object of class T; foreign objects are told by their type tag.
template <typename T>
T* WrappedArg(const Napi::CallbackInfo& info, size_t index, const char* name) {
  Napi::Value value = info[index];
  if (value.IsObject() && value.As<Napi::Object>().CheckTypeTag(&T::kTypeTag)) {
    return T::Unwrap(value.As<Napi::Object>());
  }
  Napi::TypeError::New(info.Env(), std::string("expected ") + T::kName + " for " + name)
      .ThrowAsJavaScriptException();
  return nullptr;
}

}  // namespace fluxnet
