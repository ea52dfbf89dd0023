#include "ethtool.h"

#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <cstring>
#include <initializer_list>
#include <memory>
#include <string>
#include <utility>

#include "args.h"
#include "fd.h"

namespace fluxnet {
namespace {

// One interface, asked through an ordinary socket.
class Driver {
 public:
  Driver(int fd, const std::string& ifname) : fd_(fd) {
    std::strncpy(request_.ifr_name, ifname.c_str(), IFNAMSIZ - 1);
  }
  // `command` is a structure that starts with its command number.
  bool Ask(void* command) {
    request_.ifr_data = static_cast<char*>(command);
    return ioctl(fd_, SIOCETHTOOL, &request_) == 0;
  }

 private:
  int fd_;
  ifreq request_{};
};

// A structure of ethtool's with `count` elements behind it.
template <typename Header, typename Element>
class Answer {
 public:
  explicit Answer(size_t count) : bytes_(new char[sizeof(Header) + count * sizeof(Element)]()) {}
  Header* operator->() { return reinterpret_cast<Header*>(bytes_.get()); }
  void* get() { return bytes_.get(); }
  const Element* elements() const {
    return reinterpret_cast<const Element*>(bytes_.get() + sizeof(Header));
  }

 private:
  std::unique_ptr<char[]> bytes_;
};

struct FeatureName {
  char text[ETH_GSTRING_LEN];
};

Napi::Value Numbers(Napi::Env env,
                    std::initializer_list<std::pair<const char*, uint32_t>> members) {
  Napi::Object out = Napi::Object::New(env);
  for (const auto& [name, value] : members) out.Set(name, Napi::Number::New(env, value));
  return out;
}

Napi::Value Channels(Napi::Env env, Driver driver) {
  ethtool_channels channels{};
  channels.cmd = ETHTOOL_GCHANNELS;
  if (!driver.Ask(&channels)) return env.Undefined();
  return Numbers(env, {{"rx", channels.rx_count},
                       {"tx", channels.tx_count},
                       {"combined", channels.combined_count},
                       {"maxRx", channels.max_rx},
                       {"maxTx", channels.max_tx},
                       {"maxCombined", channels.max_combined}});
}

Napi::Value Rings(Napi::Env env, Driver driver) {
  ethtool_ringparam rings{};
  rings.cmd = ETHTOOL_GRINGPARAM;
  if (!driver.Ask(&rings)) return env.Undefined();
  return Numbers(env, {{"rx", rings.rx_pending},
                       {"tx", rings.tx_pending},
                       {"maxRx", rings.rx_max_pending},
                       {"maxTx", rings.tx_max_pending}});
}

// Names of the features that are on. Their number and names are constants of a running kernel
// (netdev_features_strings), so that they cannot grow between the three calls.
Napi::Value ActiveFeatures(Napi::Env env, Driver driver) {
  Answer<ethtool_sset_info, uint32_t> set(1);
  set->cmd = ETHTOOL_GSSET_INFO;
  set->sset_mask = 1ULL << ETH_SS_FEATURES;
  if (!driver.Ask(set.get()) || set->sset_mask == 0) return env.Undefined();
  const uint32_t count = set.elements()[0];

  Answer<ethtool_gstrings, FeatureName> names(count);
  names->cmd = ETHTOOL_GSTRINGS;
  names->string_set = ETH_SS_FEATURES;
  names->len = count;
  if (!driver.Ask(names.get())) return env.Undefined();

  const uint32_t blocks = (count + 31) / 32;
  Answer<ethtool_gfeatures, ethtool_get_features_block> states(blocks);
  states->cmd = ETHTOOL_GFEATURES;
  states->size = blocks;
  if (!driver.Ask(states.get())) return env.Undefined();

  Napi::Array active = Napi::Array::New(env);
  for (uint32_t bit = 0; bit < count; ++bit) {
    if ((states.elements()[bit / 32].active >> (bit % 32) & 1) == 0) continue;
    const char* name = names.elements()[bit].text;
    active.Set(active.Length(), Napi::String::New(env, name, strnlen(name, ETH_GSTRING_LEN)));
  }
  return active;
}

Napi::Value Name(Napi::Env env, Driver driver) {
  ethtool_drvinfo facts{};
  facts.cmd = ETHTOOL_GDRVINFO;
  if (!driver.Ask(&facts)) return Napi::String::New(env, "");
  return Napi::String::New(env, facts.driver, strnlen(facts.driver, sizeof(facts.driver)));
}

}  // namespace

Napi::Value Ethtool(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const auto ifname = StringArg(info, 0, "ifname");
  if (!ifname) return env.Undefined();
  const Fd fd(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!fd.open()) {
    ThrowSystemError(env, LastError("socket(AF_INET)"));
    return env.Undefined();
  }
  const Driver driver(fd.get(), *ifname);
  Napi::Object facts = Napi::Object::New(env);
  facts.Set("driver", Name(env, driver));
  facts.Set("channels", Channels(env, driver));
  facts.Set("rings", Rings(env, driver));
  facts.Set("activeFeatures", ActiveFeatures(env, driver));
  return facts;
}

}  // namespace fluxnet
