// A value, or the system call that failed.
#pragma once

#include <cerrno>
#include <optional>
#include <string>
#include <utility>

namespace fluxnet {

struct SysError {
  int error;         // Positive errno.
  const char* call;  // The system call, or the setsockopt option, that failed.
  std::string log;   // What a library said about it; may be empty.
};

inline SysError LastError(const char* call) { return {errno, call, {}}; }

template <typename T>
class Result {
 public:
  Result(T value) : value_(std::move(value)) {}
  Result(SysError error) : error_(std::move(error)) {}
  bool ok() const { return value_.has_value(); }
  T& value() { return *value_; }
  const SysError& error() const { return error_; }

 private:
  std::optional<T> value_;
  SysError error_{};
};

// A call without a value: nothing means success.
using Failure = std::optional<SysError>;

}  // namespace fluxnet
