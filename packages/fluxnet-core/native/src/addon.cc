// The addon's exports: classes of kernel objects and the facts of interfaces.
#include <napi.h>

#include "addon_data.h"
#include "interface.h"
#include "memory.h"
#include "poll_set.h"
#include "program.h"
#include "queue.h"
#include "socket.h"
#include "umem.h"

namespace fluxnet {

Napi::Object Init(Napi::Env env, Napi::Object exports) {
  env.SetInstanceData(new AddonData());
  exports.Set("Memory", Memory::Define(env));
  exports.Set("Umem", Umem::Define(env));
  exports.Set("Queue", Queue::Define(env));
  exports.Set("Socket", Socket::Define(env));
  exports.Set("Program", Program::Define(env));
  exports.Set("PollSet", PollSet::Define(env));
  exports.Set("interrupt", Napi::Function::New(env, PollSet::InterruptByToken, "interrupt"));
  exports.Set("interfaces", Napi::Function::New(env, Interfaces, "interfaces"));
  exports.Set("interfaceInfo", Napi::Function::New(env, InterfaceInfo, "interfaceInfo"));
  return exports;
}

}  // namespace fluxnet

static Napi::Object InitAddon(Napi::Env env, Napi::Object exports) {
  return fluxnet::Init(env, exports);
}

NODE_API_MODULE(fluxnet, InitAddon)
