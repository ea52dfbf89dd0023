// AF_XDP sockets that nothing was done with yet: opened by a process that may, for one that may not.
#pragma once

#include <napi.h>

#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "fd.h"

namespace fluxnet {

class SpareSockets : public Napi::ObjectWrap<SpareSockets> {
 public:
  static constexpr napi_type_tag kTypeTag{0x666c75786e657400, 0x53706172654b7301};
  static constexpr const char* kName = "SpareSockets";
  static Napi::Function Define(Napi::Env env);

  // new SpareSockets(count): socket(AF_XDP), needs CAP_NET_RAW.
  // new SpareSockets(fds): duplicates descriptors, which must be AF_XDP sockets, and lays them in
  // stock: sockets of this process are taken from there as long as there are any.
  explicit SpareSockets(const Napi::CallbackInfo& info);

  // One of the stock, of any thread's.
  static std::optional<Fd> Take();
  // Back to where it came from, or closed where that is closed.
  static void GiveBack(Fd fd);
  // inStock() -> how many there are
  static Napi::Value InStock(const Napi::CallbackInfo& info);

 private:
  struct Set {
    std::mutex mutex;
    std::vector<Fd> fds;
  };
  class Stock;

  // The constructor's work; on failure an exception is pending and nothing is held.
  void Open(const Napi::CallbackInfo& info);
  bool OpenNew(int64_t count, std::vector<Fd>* fds);
  bool Duplicate(const Napi::Array& numbers, std::vector<Fd>* fds);

  // fds() -> numbers, owned by this object
  Napi::Value Fds(const Napi::CallbackInfo& info);
  void Close(const Napi::CallbackInfo& info);

  std::shared_ptr<Set> set_;
};

}  // namespace fluxnet
