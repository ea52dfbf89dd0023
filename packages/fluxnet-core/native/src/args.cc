#include "args.h"

#include <cmath>
#include <cstring>

namespace fluxnet {

std::optional<int64_t> IntegerArg(const Napi::CallbackInfo& info, size_t index, const char* name,
                                  int64_t min, int64_t max) {
  if (info[index].IsNumber()) {
    const double value = info[index].As<Napi::Number>().DoubleValue();
    if (value >= static_cast<double>(min) && value <= static_cast<double>(max) &&
        value == std::floor(value)) {
      return static_cast<int64_t>(value);
    }
  }
  Napi::TypeError::New(info.Env(), std::string(name) + " must be an integer from " +
                                       std::to_string(min) + " to " + std::to_string(max))
      .ThrowAsJavaScriptException();
  return std::nullopt;
}

std::optional<std::string> StringArg(const Napi::CallbackInfo& info, size_t index,
                                     const char* name) {
  if (info[index].IsString()) return info[index].As<Napi::String>().Utf8Value();
  Napi::TypeError::New(info.Env(), std::string(name) + " must be a string")
      .ThrowAsJavaScriptException();
  return std::nullopt;
}

std::optional<Napi::Function> FunctionArg(const Napi::CallbackInfo& info, size_t index,
                                          const char* name) {
  if (info[index].IsFunction()) return info[index].As<Napi::Function>();
  Napi::TypeError::New(info.Env(), std::string(name) + " must be a function")
      .ThrowAsJavaScriptException();
  return std::nullopt;
}

void ThrowSystemError(Napi::Env env, const SysError& error) {
  Napi::Error js =
      Napi::Error::New(env, std::string(error.call) + ": " + std::strerror(error.error));
  js.Set("errno", Napi::Number::New(env, -error.error));
  js.Set("syscall", Napi::String::New(env, error.call));
  if (!error.log.empty()) js.Set("log", Napi::String::New(env, error.log));
  js.ThrowAsJavaScriptException();
}

void ThrowCoded(Napi::Env env, const char* code, const std::string& message,
                const std::string& log) {
  Napi::Error js = Napi::Error::New(env, message);
  js.Set("code", Napi::String::New(env, code));
  if (!log.empty()) js.Set("log", Napi::String::New(env, log));
  js.ThrowAsJavaScriptException();
}

void ThrowClosed(Napi::Env env, const char* what) {
  ThrowCoded(env, "FLUX_CLOSED", std::string(what) + " is closed", {});
}

}  // namespace fluxnet
