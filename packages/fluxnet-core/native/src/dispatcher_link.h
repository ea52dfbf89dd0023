// An XDP program that shares an interface with others through libxdp's dispatcher. Unlike a
// bpf_link it stays attached when the process is killed.
#pragma once

#include <napi.h>

#include <memory>
#include <string>

struct bpf_object;
struct xdp_program;

namespace fluxnet {

struct Libxdp;

class DispatcherLink : public Napi::ObjectWrap<DispatcherLink> {
 public:
  static constexpr napi_type_tag kTypeTag{0x666c75786e657400, 0x446973706c6e6b01};
  static constexpr const char* kName = "DispatcherLink";
  static Napi::Function Define(Napi::Env env);

  // new DispatcherLink(object, ifindex, generic): loads the object's selected program as an
  // extension of the dispatcher and attaches it. `code` of the error is FLUX_NATIVE_MISSING
  // without libxdp, FLUX_UNSUPPORTED where libxdp attached the program alone; that is undone.
  explicit DispatcherLink(const Napi::CallbackInfo& info);
  ~DispatcherLink() override;

 private:
  // The constructor's work; on failure an exception is pending and nothing is held.
  void Open(const Napi::CallbackInfo& info);
  int Detach();
  // What libxdp and libbpf said while attaching.
  Napi::Value Log(const Napi::CallbackInfo& info);
  void Close(const Napi::CallbackInfo& info);

  const Libxdp* libxdp_ = nullptr;
  xdp_program* program_ = nullptr;
  std::shared_ptr<bpf_object> object_;  // program_ points into it.
  int ifindex_ = 0;
  bool generic_ = false;
  std::string log_;
};

// extensionsRefused() -> the negative errno with which the kernel refuses extension programs for
// want of rights, else 0
Napi::Value ExtensionsRefused(const Napi::CallbackInfo& info);
// isBpffs(path) -> boolean
Napi::Value IsBpffs(const Napi::CallbackInfo& info);

}  // namespace fluxnet
