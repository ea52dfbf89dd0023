// The addon's exports: classes of kernel objects, and questions to the kernel.
#include <napi.h>

#include "addon_data.h"
#include "ethtool.h"
#include "memory.h"
#include "netlink_socket.h"
#include "poll_set.h"
#include "program.h"
#include "program_name.h"
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
  exports.Set("NetlinkSocket", NetlinkSocket::Define(env));
  exports.Set("ethtool", Napi::Function::New(env, Ethtool, "ethtool"));
  exports.Set("programName", Napi::Function::New(env, ProgramName, "programName"));
  return exports;
}

}  // namespace fluxnet

static Napi::Object InitAddon(Napi::Env env, Napi::Object exports) {
  return fluxnet::Init(env, exports);
}

NODE_API_MODULE(fluxnet, InitAddon)
