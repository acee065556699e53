// SPDX-License-Identifier: BSD-3-Clause
#include "lib/control/reconfigure.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <unordered_map>

#include "lib/control/config_checks.h"

namespace carp::control {
namespace {

using proto::VhostConfig;

template <typename T>
struct Key {
  const char* name;
  bool (*differs)(const T&, const T&);
};

template <auto Member>
constexpr auto kDiffers = [](const auto& a, const auto& b) { return a.*Member != b.*Member; };

// What makes a virtual host another one to its peers: the old one says goodbye (D9).
constexpr Key<VhostConfig> kIdentity[] = {
    {"vhid", kDiffers<&VhostConfig::vhid>},
    {"interface", kDiffers<&VhostConfig::interface>},
};
constexpr Key<VhostConfig> kVhostKeys[] = {
    {"advbase", [](const auto& a, const auto& b) { return a.pace.advbase != b.pace.advbase; }},
    {"advskew", [](const auto& a, const auto& b) { return a.pace.advskew != b.pace.advskew; }},
    {"pass", kDiffers<&VhostConfig::key>},
    {"address", kDiffers<&VhostConfig::addresses>},
    {"up", kDiffers<&VhostConfig::up>},
    {"address_order", kDiffers<&VhostConfig::address_order>},
    {"arp_source", kDiffers<&VhostConfig::arp_source>},
    {"replay", kDiffers<&VhostConfig::replay>},
    {"openbsd_demotion", kDiffers<&VhostConfig::openbsd_demotion>},
};
constexpr Key<Sysctl> kSysctlKeys[] = {
    {"net.inet.carp.allow", kDiffers<&Sysctl::allow>},
    {"net.inet.carp.preempt", kDiffers<&Sysctl::preempt>},
    {"net.inet.carp.log", kDiffers<&Sysctl::log>},
    {"net.inet.carp.arpbalance", kDiffers<&Sysctl::arpbalance>},
};
// Which frames are whose. An interface that differs in one of these is another one.
constexpr Key<InterfaceConfig> kPlace[] = {
    {"port", kDiffers<&InterfaceConfig::port>},
    {"vlan", kDiffers<&InterfaceConfig::vlan>},
};
constexpr Key<InterfaceConfig> kInterfaceKeys[] = {
    {"address", kDiffers<&InterfaceConfig::addresses>},
    {"link_hold", kDiffers<&InterfaceConfig::link_hold>},
};
// Ports are set up before workers poll them.
constexpr Key<InterfaceConfig> kPortKeys[] = {
    {"host", kDiffers<&InterfaceConfig::host>},
    {"host_name", kDiffers<&InterfaceConfig::host_name>},
    {"mtu", kDiffers<&InterfaceConfig::mtu>},
    {"rx_descriptors", kDiffers<&InterfaceConfig::rx_descriptors>},
    {"tx_descriptors", kDiffers<&InterfaceConfig::tx_descriptors>},
    {"mac_filter", kDiffers<&InterfaceConfig::mac_filter>},
};
constexpr Key<GlobalConfig> kHoldKeys[] = {
    {"startup_hold", kDiffers<&GlobalConfig::startup_hold>},
    {"preempt_delay", kDiffers<&GlobalConfig::preempt_delay>},
    {"transition", kDiffers<&GlobalConfig::transition>},
};
constexpr Key<GlobalConfig> kGratuitousKeys[] = {
    {"refresh", kDiffers<&GlobalConfig::gratuitous_refresh>},
};
constexpr Key<HooksConfig> kHooksKeys[] = {
    {"state_change", kDiffers<&HooksConfig::state_change>},
    {"timeout", kDiffers<&HooksConfig::timeout>},
};
constexpr Key<TrackConfig> kTrackKeys[] = {
    {"command", kDiffers<&TrackConfig::command>}, {"interval", kDiffers<&TrackConfig::interval>},
    {"timeout", kDiffers<&TrackConfig::timeout>}, {"rise", kDiffers<&TrackConfig::rise>},
    {"fall", kDiffers<&TrackConfig::fall>},       {"demotion", kDiffers<&TrackConfig::demotion>},
};
constexpr Key<GlobalConfig> kStartKeys[] = {{"state_dir", kDiffers<&GlobalConfig::state_dir>}};
constexpr Key<WorkersConfig> kWorkersKeys[] = {
    {"idle", kDiffers<&WorkersConfig::idle>},
    {"burst", kDiffers<&WorkersConfig::burst>},
    {"arp_limit", kDiffers<&WorkersConfig::arp_limit>},
    {"echo_limit", kDiffers<&WorkersConfig::echo_limit>},
};
constexpr Key<ControlConfig> kControlKeys[] = {
    {"listen", kDiffers<&ControlConfig::listen>},
    {"socket", kDiffers<&ControlConfig::socket>},
    {"password_file", kDiffers<&ControlConfig::password_file>},
    {"idle_timeout", kDiffers<&ControlConfig::idle_timeout>},
};

constexpr Key<MetricsConfig> kMetricsKeys[] = {{"listen", kDiffers<&MetricsConfig::listen>}};

// "advskew, pass"; empty where none of the keys differs.
template <typename T, size_t N>
[[nodiscard]] std::string differing(const Key<T> (&keys)[N], const T& a, const T& b) {
  std::string names;
  for (const Key<T>& key : keys)
    if (key.differs(a, b)) names += (names.empty() ? "" : ", ") + std::string(key.name);
  return names;
}

// What a list holds, by name: with thousands of virtual hosts control has no time to search.
template <typename T>
class ByName {
 public:
  explicit ByName(const std::vector<T>& all) {
    for (const T& one : all) places_.emplace(one.name, &one);
  }
  // Null: there is none.
  [[nodiscard]] const T* find(std::string_view name) const {
    const auto place = places_.find(name);
    return place == places_.end() ? nullptr : place->second;
  }

 private:
  std::unordered_map<std::string_view, const T*> places_;
};

class Comparison {
 public:
  Comparison(const Config& running, const Config& wanted)
      : running_(running), wanted_(wanted), vhost_now_(running.vhosts) {}

  [[nodiscard]] net::Result<Reconfiguration, std::string> run() {
    compare_interfaces();
    choose_vhosts();
    std::string fault = why_not();
    if (!fault.empty()) return fault;
    remove_vhosts();
    for (const VhostConfig& vhost : vhosts_) set_vhost(vhost);
    compare_rest();
    compare_tracks();
    return std::move(result_);
  }

 private:
  void compare_interfaces() {
    const ByName<InterfaceConfig> interface_then(wanted_.interfaces);
    const ByName<InterfaceConfig> interface_now(running_.interfaces);
    for (const InterfaceConfig& running : running_.interfaces) {
      const InterfaceConfig* wanted = interface_then.find(running.name);
      interfaces_.push_back(running);
      if (wanted == nullptr) {
        leave(title(running), "its removal");
      } else if (const auto keys = differing(kPlace, running, *wanted); !keys.empty()) {
        leave(title(running), keys);
      } else {
        within_reach_.insert(running.name);
        leave(title(running), differing(kPortKeys, running, *wanted));
        take_addresses(interfaces_.back(), *wanted);
      }
    }
    for (const InterfaceConfig& wanted : wanted_.interfaces)
      if (interface_now.find(wanted.name) == nullptr) leave(title(wanted), "its addition");
  }

  void take_addresses(InterfaceConfig& interface, const InterfaceConfig& wanted) {
    const std::string keys = differing(kInterfaceKeys, interface, wanted);
    if (keys.empty()) return;
    interface.addresses = wanted.addresses;
    interface.link_hold = wanted.link_hold;
    result_.interfaces.push_back(interface);
    result_.changes.push_back(title(interface) + ": " + keys + " changed");
  }

  // Those that shall run from now on. One that belongs to an interface as it will be after a
  // restart has to wait for that; the one that runs under its name stays.
  void choose_vhosts() {
    for (const VhostConfig& wanted : wanted_.vhosts) {
      const VhostConfig* running = vhost_now_.find(wanted.name);
      if (within_reach_.contains(wanted.interface)) {
        vhosts_.push_back(wanted);
      } else if (running == nullptr) {
        leave(wanted.name, "its addition");
      } else {
        if (wanted != *running) leave(wanted.name, "its change");
        vhosts_.push_back(*running);
      }
    }
  }

  // The mixture of new and old is checked as a file is (I2.6).
  [[nodiscard]] std::string why_not() {
    if (result_.left.empty()) return {};
    Draft draft;
    for (const InterfaceConfig& interface : interfaces_)
      draft.interfaces.push_back(
          {.config = interface, .address_lines = std::vector<int>(interface.addresses.size())});
    for (const VhostConfig& vhost : vhosts_)
      if (vhost.vhid != 0)
        draft.vhosts.push_back(
            {.config = vhost, .address_lines = std::vector<int>(vhost.addresses.size())});
    Findings findings;
    check_interfaces(draft, findings);
    check_vhosts(draft, findings);
    if (findings.faults.empty()) return {};
    return findings.faults.front().message + ", until a restart brings " + result_.left.front();
  }

  void remove_vhosts() {
    const ByName<VhostConfig> vhost_then(vhosts_);
    for (const VhostConfig& running : running_.vhosts) {
      const VhostConfig* after = vhost_then.find(running.name);
      if (after != nullptr && differing(kIdentity, running, *after).empty()) continue;
      result_.remove.push_back(running.name);
      if (after == nullptr) result_.changes.push_back(running.name + ": removed");
    }
  }

  void set_vhost(const VhostConfig& vhost) {
    const VhostConfig* running = vhost_now_.find(vhost.name);
    if (running != nullptr && *running == vhost) return;
    result_.set.push_back(vhost);
    if (running == nullptr) {
      ++result_.created;
      result_.changes.push_back(vhost.name + ": added");
    } else if (const auto keys = differing(kIdentity, *running, vhost); !keys.empty()) {
      ++result_.created;
      result_.changes.push_back(vhost.name + ": " + keys + " changed, it begins anew");
    } else {
      const std::string changed = differing(kVhostKeys, *running, vhost);
      result_.changes.push_back(vhost.name + ": " + changed + " changed");
    }
  }

  void compare_rest() {
    const GlobalConfig& global = running_.global;
    change("[sysctl]", differing(kSysctlKeys, running_.sysctl, wanted_.sysctl));
    if (running_.sysctl != wanted_.sysctl) result_.sysctl = wanted_.sysctl;

    GlobalConfig wanted = wanted_.global;
    wanted.state_dir = global.state_dir;
    change("[global]", differing(kHoldKeys, global, wanted));
    change("[gratuitous]", differing(kGratuitousKeys, global, wanted));
    if (global != wanted) result_.global = wanted;

    change("[hooks]", differing(kHooksKeys, running_.hooks, wanted_.hooks));
    if (running_.hooks != wanted_.hooks) result_.hooks = wanted_.hooks;

    leave("[global]", differing(kStartKeys, global, wanted_.global));
    leave("[workers]", differing(kWorkersKeys, running_.workers, wanted_.workers));
    leave("[control]", differing(kControlKeys, running_.control, wanted_.control));
    leave("[metrics]", differing(kMetricsKeys, running_.metrics, wanted_.metrics));
  }

  void compare_tracks() {
    const ByName<TrackConfig> now(running_.tracks);
    const ByName<TrackConfig> then(wanted_.tracks);
    for (const TrackConfig& running : running_.tracks)
      if (then.find(running.name) == nullptr)
        result_.changes.push_back("[track " + running.name + "]: removed");
    for (const TrackConfig& wanted : wanted_.tracks) {
      const TrackConfig* running = now.find(wanted.name);
      const std::string title = "[track " + wanted.name + "]";
      if (running == nullptr) {
        result_.changes.push_back(title + ": added");
      } else {
        change(title, differing(kTrackKeys, *running, wanted));
      }
    }
    if (running_.tracks != wanted_.tracks) result_.tracks = wanted_.tracks;
  }

  void change(const std::string& subject, const std::string& keys) {
    if (!keys.empty()) result_.changes.push_back(subject + ": " + keys + " changed");
  }
  void leave(const std::string& subject, const std::string& keys) {
    if (!keys.empty()) result_.left.push_back(subject + ": " + keys);
  }
  [[nodiscard]] static std::string title(const InterfaceConfig& interface) {
    return "[interface " + interface.name + "]";
  }

  const Config& running_;
  const Config& wanted_;
  const ByName<VhostConfig> vhost_now_;
  std::vector<InterfaceConfig> interfaces_;          // those that run, as they shall be from now on
  std::vector<VhostConfig> vhosts_;                  // those that shall run from now on
  std::set<std::string, std::less<>> within_reach_;  // interfaces that need no restart
  Reconfiguration result_;
};

}  // namespace

net::Result<Reconfiguration, std::string> reconfigure(const Config& running, const Config& wanted) {
  return Comparison(running, wanted).run();
}

}  // namespace carp::control
