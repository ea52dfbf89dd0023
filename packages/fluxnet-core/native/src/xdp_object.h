// A BPF object file, of which one XDP program is used.
#pragma once

#include <napi.h>

#include <memory>

struct bpf_map;
struct bpf_object;
struct bpf_program;

namespace fluxnet {

class XdpObject : public Napi::ObjectWrap<XdpObject> {
 public:
  static constexpr napi_type_tag kTypeTag{0x666c75786e657400, 0x5864704f626a6501};
  static constexpr const char* kName = "XdpObject";
  static Napi::Function Define(Napi::Env env);

  // new XdpObject(bytes | 'redirect' | 'steering'): parses an ELF file, or one of ours. Needs no
  // rights.
  explicit XdpObject(const Napi::CallbackInfo& info);

  // For DispatcherLink, which has libxdp load the selected program: once, and not after close.
  bool loadable() const { return object_ != nullptr && program_ != nullptr && !loaded_; }
  const std::shared_ptr<bpf_object>& object() const { return object_; }
  bpf_program* program() const { return program_; }
  bool multi_buffer() const { return multi_buffer_; }
  void SetLoaded() { loaded_ = true; }

 private:
  // The constructor's work; on failure an exception is pending and nothing is held.
  void Open(const Napi::CallbackInfo& info);
  bpf_map* FindMap(const Napi::CallbackInfo& info) const;

  // programs() -> { name, xdp, multiBuffer }[]; maps() -> { name, xskmap, maxEntries }[]
  Napi::Value Programs(const Napi::CallbackInfo& info);
  Napi::Value Maps(const Napi::CallbackInfo& info);
  // resizeMap(name, maxEntries): before loading
  void ResizeMap(const Napi::CallbackInfo& info);
  // setConstants(section, bytes): the whole of a read-only section, before loading
  void SetConstants(const Napi::CallbackInfo& info);
  // select(name, multiBuffer): the one program to load, with or without BPF_F_XDP_HAS_FRAGS
  void Select(const Napi::CallbackInfo& info);
  // load() -> log: BPF_MAP_CREATE, BPF_PROG_LOAD. Once; needs CAP_BPF and CAP_NET_ADMIN.
  Napi::Value Load(const Napi::CallbackInfo& info);
  // programFd(), mapFd(name): owned by this object; -1 where there is none
  Napi::Value ProgramFd(const Napi::CallbackInfo& info);
  Napi::Value MapFd(const Napi::CallbackInfo& info);
  void Close(const Napi::CallbackInfo& info);

  std::shared_ptr<bpf_object> object_;
  bpf_program* program_ = nullptr;  // Owned by object_.
  bool multi_buffer_ = false;
  bool loaded_ = false;
};

}  // namespace fluxnet
