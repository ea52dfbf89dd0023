#include "libxdp.h"

#include <dlfcn.h>

#include <mutex>
#include <optional>

namespace fluxnet {
namespace {

// The addon is in build/Release or prebuilds/<platform>-<arch>: two folders below `native`.
std::string VendorFolder() {
  Dl_info self{};
  if (dladdr(reinterpret_cast<void*>(&VendorFolder), &self) == 0) return {};
  const std::string addon = self.dli_fname;
  return addon.substr(0, addon.rfind('/')) + "/../../vendor/linux-" FLUXNET_ARCH;
}

const char* LastProblem() {
  const char* text = dlerror();
  return text != nullptr ? text : "unknown";
}

template <typename Function>
bool Resolve(void* library, const char* name, Function* function) {
  *function = reinterpret_cast<Function>(dlsym(library, name));
  return *function != nullptr;
}

}  // namespace

const Libxdp* Libxdp::Load(std::string* problem) {
  // One library for the process, as the dynamic linker has it.
  static std::mutex mutex;
  static std::optional<Libxdp> loaded;
  const std::scoped_lock lock(mutex);
  if (loaded) return &*loaded;

  void* library = dlopen((VendorFolder() + "/lib/libxdp.so.1").c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    *problem = LastProblem();
    return nullptr;
  }
  Libxdp found{};
  const bool complete =
      Resolve(library, "libxdp_get_error", &found.get_error) &&
      Resolve(library, "libxdp_set_print", &found.set_print) &&
      Resolve(library, "xdp_program__create", &found.program_create) &&
      Resolve(library, "xdp_program__close", &found.program_close) &&
      Resolve(library, "xdp_program__fd", &found.program_fd) &&
      Resolve(library, "xdp_program__set_xdp_frags_support", &found.program_set_frags) &&
      Resolve(library, "xdp_program__attach", &found.program_attach) &&
      Resolve(library, "xdp_program__detach", &found.program_detach);
  if (!complete) {
    *problem = LastProblem();
    dlclose(library);
    return nullptr;
  }
  loaded = found;
  return &*loaded;
}

std::string Libxdp::ObjectFolder() { return VendorFolder() + "/bpf"; }

}  // namespace fluxnet
