// The addon's exports: classes of kernel objects, and questions to the kernel.
#include <napi.h>

#include "addon_data.h"
#include "attached_program.h"
#include "bpf_fd.h"
#include "bpf_map.h"
#include "dispatcher_link.h"
#include "ethtool.h"
#include "fd_channel.h"
#include "fd_listener.h"
#include "memory.h"
#include "netlink_socket.h"
#include "poll_set.h"
#include "program.h"
#include "queue.h"
#include "queue_table.h"
#include "socket.h"
#include "spare_sockets.h"
#include "thread.h"
#include "umem.h"
#include "xdp_object.h"

namespace fluxnet {

Napi::Object Init(Napi::Env env, Napi::Object exports) {
  env.SetInstanceData(new AddonData());
  exports.Set("Memory", Memory::Define(env));
  exports.Set("Umem", Umem::Define(env));
  exports.Set("Queue", Queue::Define(env));
  exports.Set("Socket", Socket::Define(env));
  exports.Set("XdpObject", XdpObject::Define(env));
  exports.Set("Program", Program::Define(env));
  exports.Set("BpfMap", BpfMap::Define(env));
  exports.Set("testProgram", Napi::Function::New(env, TestProgram, "testProgram"));
  exports.Set("DispatcherLink", DispatcherLink::Define(env));
  exports.Set("PollSet", PollSet::Define(env));
  exports.Set("queueHolder", Napi::Function::New(env, QueueTable::QueueHolder, "queueHolder"));
  exports.Set("interrupt", Napi::Function::New(env, PollSet::InterruptByToken, "interrupt"));
  exports.Set("NetlinkSocket", NetlinkSocket::Define(env));
  exports.Set("FdChannel", FdChannel::Define(env));
  exports.Set("FdListener", FdListener::Define(env));
  exports.Set("channelPair", Napi::Function::New(env, FdChannel::Pair, "channelPair"));
  exports.Set("SpareSockets", SpareSockets::Define(env));
  exports.Set("socketsInStock",
              Napi::Function::New(env, SpareSockets::InStock, "socketsInStock"));
  exports.Set("setXskOption", Napi::Function::New(env, SetXskOption, "setXskOption"));
  exports.Set("pinThread", Napi::Function::New(env, PinThread, "pinThread"));
  exports.Set("allowedCpus", Napi::Function::New(env, AllowedCpus, "allowedCpus"));
  exports.Set("setThreadName", Napi::Function::New(env, SetThreadName, "setThreadName"));
  exports.Set("setNoNewPrivileges",
              Napi::Function::New(env, SetNoNewPrivileges, "setNoNewPrivileges"));
  exports.Set("dropCapabilities", Napi::Function::New(env, DropCapabilities, "dropCapabilities"));
  exports.Set("threadId", Napi::Function::New(env, ThreadId, "threadId"));
  exports.Set("ethtool", Napi::Function::New(env, Ethtool, "ethtool"));
  exports.Set("programFacts", Napi::Function::New(env, ProgramFacts, "programFacts"));
  exports.Set("bpfFacts", Napi::Function::New(env, BpfFacts, "bpfFacts"));
  exports.Set("openPinned", Napi::Function::New(env, OpenPinned, "openPinned"));
  exports.Set("openMap", Napi::Function::New(env, OpenMap, "openMap"));
  exports.Set("isBpffs", Napi::Function::New(env, IsBpffs, "isBpffs"));
  exports.Set("extensionsRefused",
              Napi::Function::New(env, ExtensionsRefused, "extensionsRefused"));
  return exports;
}

}  // namespace fluxnet

static Napi::Object InitAddon(Napi::Env env, Napi::Object exports) {
  return fluxnet::Init(env, exports);
}

NODE_API_MODULE(fluxnet, InitAddon)
