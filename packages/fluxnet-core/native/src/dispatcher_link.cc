#include "dispatcher_link.h"

#include <bpf/bpf.h>
#include <linux/if_link.h>
#include <linux/magic.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <cstdlib>
#include <mutex>
#include <string>

#include "args.h"
#include "bpf_log.h"
#include "fd.h"
#include "libxdp.h"
#include "xdp_object.h"

namespace fluxnet {
namespace {

// libxdp finds its dispatcher object through the environment alone, and is not made for threads:
// the variable is set while a call runs, and one runs at a time.
class LibxdpCall {
 public:
  explicit LibxdpCall(const Libxdp& libxdp) : lock_(Mutex()) {
    libxdp.set_print([](libxdp_print_level level, const char* format, va_list arguments) {
      return BpfLog::Print(static_cast<libbpf_print_level>(level), format, arguments);
    });
    own_ = getenv(XDP_OBJECT_ENVVAR) == nullptr;
    if (own_) setenv(XDP_OBJECT_ENVVAR, Libxdp::ObjectFolder().c_str(), 1);
  }
  ~LibxdpCall() {
    if (own_) unsetenv(XDP_OBJECT_ENVVAR);
  }

 private:
  static std::mutex& Mutex() {
    static std::mutex mutex;
    return mutex;
  }
  std::scoped_lock<std::mutex> lock_;
  bool own_;
};

xdp_attach_mode ModeOf(bool generic) { return generic ? XDP_MODE_SKB : XDP_MODE_NATIVE; }

// Did the program join a dispatcher? Then it is an extension of it; alone it is an XDP program.
// xdp_multiprog__is_legacy would say the same, but libxdp 1.3 loses a descriptor with each answer.
bool IsExtension(int fd) {
  bpf_prog_info facts{};
  uint32_t length = sizeof(facts);
  return bpf_obj_get_info_by_fd(fd, &facts, &length) == 0 && facts.type == BPF_PROG_TYPE_EXT;
}

// Takes back a program that libxdp attached alone, and no other. False where it stays.
bool DetachAlone(const Libxdp& libxdp, xdp_program* program, int ifindex, bool generic) {
  bpf_xdp_attach_opts options{};
  options.sz = sizeof(options);
  options.old_prog_fd = libxdp.program_fd(program);
  return bpf_xdp_detach(ifindex, generic ? XDP_FLAGS_SKB_MODE : XDP_FLAGS_DRV_MODE, &options) == 0;
}

}  // namespace

Napi::Function DispatcherLink::Define(Napi::Env env) {
  return DefineClass(env, kName,
                     {InstanceMethod<&DispatcherLink::Log>("log"),
                      InstanceMethod<&DispatcherLink::Close>("close")});
}

DispatcherLink::DispatcherLink(const Napi::CallbackInfo& info) : ObjectWrap(info) {
  info.This().As<Napi::Object>().TypeTag(&kTypeTag);
  Open(info);
}

// At the end of the process without close().
DispatcherLink::~DispatcherLink() { Detach(); }

void DispatcherLink::Open(const Napi::CallbackInfo& info) {
  XdpObject* object = WrappedArg<XdpObject>(info, 0, "object");
  if (object == nullptr) return;
  const auto ifindex = IntegerArg(info, 1, "ifindex", 1, INT32_MAX);
  if (!ifindex) return;
  generic_ = info[2].ToBoolean();
  if (!object->loadable()) {
    return ThrowSystemError(Env(), {EINVAL, "xdp_program__create", {}});
  }
  std::string problem;
  libxdp_ = Libxdp::Load(&problem);
  if (libxdp_ == nullptr) {
    return ThrowCoded(Env(), "FLUX_NATIVE_MISSING", "libxdp cannot be loaded: " + problem, {});
  }

  BpfLog log;
  const LibxdpCall call(*libxdp_);
  xdp_program_opts options{};
  options.sz = sizeof(options);
  options.obj = object->object().get();
  options.prog_name = bpf_program__name(object->program());
  xdp_program* program = libxdp_->program_create(&options);
  if (const long error = libxdp_->get_error(program)) {
    return ThrowSystemError(Env(), {static_cast<int>(-error), "xdp_program__create", log.text()});
  }
  libxdp_->program_set_frags(program, object->multi_buffer());
  object->SetLoaded();
  const int index = static_cast<int>(*ifindex);
  const int status = libxdp_->program_attach(program, index, ModeOf(generic_), 0);
  if (status != 0) {
    libxdp_->program_close(program);
    return ThrowSystemError(Env(), {-status, "xdp_program__attach", log.text()});
  }

  // Success may mean that libxdp fell back to attaching the program alone.
  if (!IsExtension(libxdp_->program_fd(program))) {
    const bool undone = DetachAlone(*libxdp_, program, index, generic_);
    libxdp_->program_close(program);
    return ThrowCoded(Env(), "FLUX_UNSUPPORTED",
                      std::string("libxdp attached the program alone, without a dispatcher; it ") +
                          (undone ? "was detached" : "could not be detached: ip link set xdp off"),
                      log.text());
  }
  program_ = program;
  ifindex_ = index;
  object_ = object->object();
  log_ = log.text();
}

int DispatcherLink::Detach() {
  if (program_ == nullptr) return 0;
  const LibxdpCall call(*libxdp_);
  const int status = libxdp_->program_detach(program_, ifindex_, ModeOf(generic_), 0);
  libxdp_->program_close(program_);
  program_ = nullptr;
  object_.reset();
  // Somebody removed it, or the interface.
  return status == -ENOENT || status == -ENODEV ? 0 : status;
}

Napi::Value DispatcherLink::Log(const Napi::CallbackInfo& info) {
  return Napi::String::New(info.Env(), log_);
}

void DispatcherLink::Close(const Napi::CallbackInfo& info) {
  BpfLog log;
  const int status = Detach();
  if (status != 0) ThrowSystemError(info.Env(), {-status, "xdp_program__detach", log.text()});
}

Napi::Value ExtensionsRefused(const Napi::CallbackInfo& info) {
  // No extension of anything: EINVAL where extensions are allowed.
  const bpf_insn program[] = {
      {BPF_ALU64 | BPF_MOV | BPF_K, BPF_REG_0, 0, 0, 0},
      {BPF_JMP | BPF_EXIT, 0, 0, 0, 0},
  };
  bpf_prog_load_opts options{};
  options.sz = sizeof(options);
  options.attach_btf_id = 1;
  BpfLog log;
  const Fd fd(bpf_prog_load(BPF_PROG_TYPE_EXT, "probe", "GPL", program, 2, &options));
  const bool refused = !fd.open() && (errno == EPERM || errno == EACCES);
  return Napi::Number::New(info.Env(), refused ? -errno : 0);
}

Napi::Value IsBpffs(const Napi::CallbackInfo& info) {
  const auto path = StringArg(info, 0, "path");
  if (!path) return info.Env().Undefined();
  struct statfs facts {};
  const bool is = statfs(path->c_str(), &facts) == 0 && facts.f_type == BPF_FS_MAGIC;
  return Napi::Boolean::New(info.Env(), is);
}

}  // namespace fluxnet
