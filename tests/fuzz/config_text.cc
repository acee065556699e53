// SPDX-License-Identifier: BSD-3-Clause
#include "tests/fuzz/config_text.h"

#include <sstream>

#include "lib/net/bytes.h"

namespace carp::fuzz {
namespace {

using control::Config;
using control::ControlConfig;
using control::HooksConfig;
using control::InterfaceConfig;
using control::MetricsConfig;
using control::TrackConfig;

[[nodiscard]] const char* word(bool yes) { return yes ? "yes" : "no"; }

void write_interface(std::ostream& out, const InterfaceConfig& interface) {
  constexpr const char* kHost[] = {"none", "tap", "virtio_user"};
  constexpr const char* kMacFilter[] = {"auto", "on", "off"};
  out << "[interface " << interface.name << "]\nport = " << interface.port << '\n';
  for (const net::Ipv4Prefix& own : interface.addresses) {
    out << "address = " << to_string(own) << '\n';
  }
  if (interface.vlan != 0) out << "vlan = " << interface.vlan << '\n';
  out << "host = " << kHost[static_cast<int>(interface.host)] << '\n'
      << "host_name = " << interface.host_name << '\n'
      << "link_hold = " << interface.link_hold.count() << '\n'
      << "mac_filter = " << kMacFilter[static_cast<int>(interface.mac_filter)] << '\n';
  if (interface.mtu) out << "mtu = " << *interface.mtu << '\n';
  if (interface.rx_descriptors) out << "rx_descriptors = " << *interface.rx_descriptors << '\n';
  if (interface.tx_descriptors) out << "tx_descriptors = " << *interface.tx_descriptors << '\n';
}

void write_vhost(std::ostream& out, const proto::VhostConfig& vhost) {
  const bool sorted = vhost.address_order == proto::AddressOrder::sorted;
  const bool virtual_mac = vhost.arp_source == proto::ArpSource::virtual_mac;
  const bool window = vhost.replay == proto::ReplayPolicy::window;
  out << '[' << vhost.name << "]\n"
      << "vhid = " << int{vhost.vhid} << '\n'
      << "advbase = " << int{vhost.pace.advbase} << '\n'
      << "advskew = " << int{vhost.pace.advskew} << '\n'
      << "interface = " << vhost.interface << '\n';
  if (vhost.key != proto::Key{}) out << "pass_hex = " << net::to_hex(vhost.key.bytes) << '\n';
  for (const net::Ipv4Prefix& shared : vhost.addresses) {
    out << "address = " << to_string(shared) << '\n';
  }
  out << "up = " << word(vhost.up) << '\n'
      << "address_order = " << (sorted ? "sorted" : "configured") << '\n'
      << "arp_source = " << (virtual_mac ? "virtual_mac" : "port") << '\n'
      << "replay = " << (window ? "window" : "off") << '\n'
      << "openbsd_demotion = " << word(vhost.openbsd_demotion) << '\n';
}

void write_control(std::ostream& out, const ControlConfig& control) {
  out << "[control]\nlisten = ";
  if (control.listen) {
    out << to_string(control.listen->address) << ':' << control.listen->port << '\n';
  } else {
    out << "off\n";
  }
  out << "socket = " << control.socket << '\n';
  if (control.password_file) out << "password_file = " << *control.password_file << '\n';
  out << "idle_timeout = " << control.idle_timeout.count() << '\n';
}

void write_metrics(std::ostream& out, const MetricsConfig& metrics) {
  if (!metrics.listen) return;
  out << "[metrics]\nlisten = " << to_string(metrics.listen->address) << ':' << metrics.listen->port
      << '\n';
}

void write_hooks(std::ostream& out, const HooksConfig& hooks) {
  out << "[hooks]\ntimeout = " << hooks.timeout.count() << '\n';
  for (const std::string& path : hooks.state_change) out << "state_change = " << path << '\n';
}

void write_track(std::ostream& out, const TrackConfig& track) {
  out << "[track " << track.name << "]\n"
      << "command = " << track.command << '\n'
      << "interval = " << track.interval.count() << '\n'
      << "timeout = " << track.timeout.count() << '\n'
      << "rise = " << track.rise << '\n'
      << "fall = " << track.fall << '\n'
      << "demotion = " << track.demotion << '\n';
}

}  // namespace

std::string ini_of(const Config& config) {
  constexpr const char* kIdle[] = {"poll", "pause", "sleep"};
  std::ostringstream out;
  out << "[sysctl]\n"
      << "net.inet.carp.allow = " << config.sysctl.allow << '\n'
      << "net.inet.carp.preempt = " << config.sysctl.preempt << '\n'
      << "net.inet.carp.log = " << config.sysctl.log << '\n'
      << "net.inet.carp.arpbalance = " << config.sysctl.arpbalance << '\n';
  for (const InterfaceConfig& interface : config.interfaces) write_interface(out, interface);
  for (const proto::VhostConfig& vhost : config.vhosts) write_vhost(out, vhost);
  out << "[workers]\nidle = " << kIdle[static_cast<int>(config.workers.idle)]
      << "\nburst = " << config.workers.burst << "\narp_limit = " << config.workers.arp_limit
      << "\necho_limit = " << config.workers.echo_limit << '\n';
  write_control(out, config.control);
  write_metrics(out, config.metrics);
  write_hooks(out, config.hooks);
  for (const TrackConfig& track : config.tracks) write_track(out, track);
  out << "[global]\n"
      << "startup_hold = " << config.global.startup_hold.count() << '\n'
      << "preempt_delay = " << config.global.preempt_delay.count() << '\n'
      << "state_dir = " << config.global.state_dir << '\n'
      << "transition = " << config.global.transition.count() << '\n'
      << "[gratuitous]\nrefresh = " << config.global.gratuitous_refresh.count() << '\n';
  return out.str();
}

}  // namespace carp::fuzz
