#include "interface.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/ethtool.h>
#include <linux/if_link.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <string>

#include "args.h"
#include "fd.h"

namespace fluxnet {
namespace {

// One interface asked through an ordinary socket.
class Asker {
 public:
  Asker(int fd, const std::string& name) : fd_(fd) {
    std::strncpy(request_.ifr_name, name.c_str(), IFNAMSIZ - 1);
  }
  bool Ask(unsigned long what) { return ioctl(fd_, what, &request_) == 0; }
  bool AskEthtool(void* command) {
    request_.ifr_data = static_cast<char*>(command);
    return Ask(SIOCETHTOOL);
  }
  const ifreq& answer() const { return request_; }

 private:
  int fd_;
  ifreq request_{};
};

std::string MacText(const sockaddr& address) {
  char text[18];
  const auto* bytes = reinterpret_cast<const unsigned char*>(address.sa_data);
  std::snprintf(text, sizeof(text), "%02x:%02x:%02x:%02x:%02x:%02x", bytes[0], bytes[1], bytes[2],
                bytes[3], bytes[4], bytes[5]);
  return text;
}

// Drivers that cannot change their channels have one queue pair.
uint32_t QueueCount(Asker asker) {
  ethtool_channels channels{};
  channels.cmd = ETHTOOL_GCHANNELS;
  if (!asker.AskEthtool(&channels)) return 1;
  const uint32_t rx = channels.combined_count + channels.rx_count;
  const uint32_t tx = channels.combined_count + channels.tx_count;
  return std::max({rx, tx, 1U});
}

std::string DriverName(Asker asker) {
  ethtool_drvinfo facts{};
  facts.cmd = ETHTOOL_GDRVINFO;
  return asker.AskEthtool(&facts) ? std::string(facts.driver) : std::string();
}

// The name needs CAP_SYS_ADMIN; without it the id and the mode must do.
std::string ProgramName(uint32_t id) {
  const Fd program(bpf_prog_get_fd_by_id(id));
  bpf_prog_info facts{};
  uint32_t length = sizeof(facts);
  if (!program.open() || bpf_obj_get_info_by_fd(program.get(), &facts, &length) != 0) return {};
  return facts.name;
}

Napi::Value AttachedProgram(Napi::Env env, int ifindex) {
  bpf_xdp_query_opts answer{};
  answer.sz = sizeof(answer);
  if (bpf_xdp_query(ifindex, 0, &answer) != 0 || answer.attach_mode == XDP_ATTACHED_NONE) {
    return env.Undefined();
  }
  const bool generic = answer.drv_prog_id == 0 && answer.skb_prog_id != 0;
  const uint32_t id = answer.drv_prog_id != 0   ? answer.drv_prog_id
                      : answer.skb_prog_id != 0 ? answer.skb_prog_id
                                                : answer.hw_prog_id;
  Napi::Object program = Napi::Object::New(env);
  program.Set("id", Napi::Number::New(env, id));
  program.Set("mode", Napi::String::New(env, generic ? "generic" : "native"));
  const std::string name = ProgramName(id);
  if (!name.empty()) program.Set("name", Napi::String::New(env, name));
  return program;
}

}  // namespace

Napi::Value Interfaces(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  struct if_nameindex* list = if_nameindex();
  if (list == nullptr) {
    ThrowSystemError(env, LastError("if_nameindex"));
    return env.Undefined();
  }
  Napi::Array names = Napi::Array::New(env);
  for (uint32_t i = 0; list[i].if_index != 0; ++i) {
    names.Set(i, Napi::String::New(env, list[i].if_name));
  }
  if_freenameindex(list);
  return names;
}

Napi::Value InterfaceInfo(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const auto name = StringArg(info, 0, "ifname");
  if (!name) return env.Undefined();
  const unsigned ifindex = name->size() < IFNAMSIZ ? if_nametoindex(name->c_str()) : 0;
  if (ifindex == 0) {
    ThrowSystemError(env, {ENODEV, "if_nametoindex", {}});
    return env.Undefined();
  }
  const Fd fd(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!fd.open()) {
    ThrowSystemError(env, LastError("socket(AF_INET)"));
    return env.Undefined();
  }
  Asker asker(fd.get(), *name);
  Napi::Object facts = Napi::Object::New(env);
  facts.Set("ifname", Napi::String::New(env, *name));
  facts.Set("ifindex", Napi::Number::New(env, ifindex));
  facts.Set("mac", Napi::String::New(
                       env, asker.Ask(SIOCGIFHWADDR) ? MacText(asker.answer().ifr_hwaddr) : ""));
  facts.Set("mtu", Napi::Number::New(env, asker.Ask(SIOCGIFMTU) ? asker.answer().ifr_mtu : 0));
  const short flags = asker.Ask(SIOCGIFFLAGS) ? asker.answer().ifr_flags : short{0};
  facts.Set("up", Napi::Boolean::New(env, (flags & IFF_UP) != 0));
  facts.Set("running", Napi::Boolean::New(env, (flags & IFF_RUNNING) != 0));
  facts.Set("driver", Napi::String::New(env, DriverName(asker)));
  facts.Set("queueCount", Napi::Number::New(env, QueueCount(asker)));
  facts.Set("program", AttachedProgram(env, static_cast<int>(ifindex)));
  return facts;
}

}  // namespace fluxnet
