// SPDX-License-Identifier: BSD-3-Clause
#include "lib/control/show_facts.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>

namespace carp::control {
namespace {

using dataplane::Reason;
using dataplane::ReasonInfo;
using dataplane::Verdict;
using proto::State;

// All workers as one.
[[nodiscard]] WorkerView sum_of(const RuntimeView& view) {
  WorkerView sum;
  for (const WorkerView& worker : view.workers) {
    for (size_t i = 0; i < dataplane::kReasonCount; ++i) sum.by_reason[i] += worker.by_reason[i];
  }
  return sum;
}

}  // namespace

// In the words of an operator who wants to know what to do about it (C68).
std::string why_not_running(const Engine& engine, const VhostEntry& entry) {
  if (entry.runs()) return {};
  const proto::VhostConfig& config = entry.config;
  const bool link_hold = entry.has_interface() && engine.interfaces()[entry.interface].holding;
  switch (engine.why_not_running(entry)) {
    case proto::Reason::stopped: return "the program is about to end";
    case proto::Reason::admin_down: return "it is down; ifconfig " + config.name + " up starts it";
    case proto::Reason::no_address:
      return config.vhid == 0 ? "it has no vhid" : "it has no address";
    case proto::Reason::not_allowed: return "net.inet.carp.allow is 0";
    case proto::Reason::link_down: return config.interface + " has no link";
    case proto::Reason::worker_stall: return "the workers of " + config.interface + " do not poll";
    case proto::Reason::held:
      return link_hold ? config.interface + " has its link back, but link_hold is not over"
                       : "startup_hold is not over";
    default: return "it is about to start";
  }
}

std::string transition_of(const VhostEntry& entry, proto::TimePoint now) {
  const SharedSets& sets = entry.sets;
  const bool waits = sets.is_waiting();
  if (!waits && !sets.has_previous()) return {};
  const auto left = std::chrono::ceil<std::chrono::seconds>(
      (waits ? sets.switches_at() : sets.forgets_at()) - now);
  return (waits ? "says the old password and addresses for at most "
                : "says the new password and addresses, accepts the old for ") +
         std::to_string(std::max<int64_t>(left.count(), 0)) + " s";
}

std::optional<net::Ipv4Address> master_of(const Engine& engine, const VhostEntry& entry) {
  if (entry.is_master()) return engine.own_address(entry);
  const bool is_known = entry.runs() && !entry.master.is_unspecified();
  return is_known ? std::optional(entry.master) : std::nullopt;
}

uint8_t effective_advskew(const Engine& engine, const VhostEntry& entry) {
  return proto::effective_skew(entry.config.pace.advskew, engine.demotion().any());
}

std::vector<PeerKey> peer_keys(const Engine& engine) {
  std::vector<PeerKey> keys;
  keys.reserve(engine.peers().all().size());
  for (const Peer& peer : engine.peers().all())
    keys.push_back({peer.interface, peer.vhid, peer.source});
  return keys;
}

const Peer* find_peer(const Engine& engine, const PeerKey& key) {
  return engine.peers().find(key.interface, key.vhid, key.source);
}

const InterfaceConfig& interface_at(const Engine& engine, dataplane::InterfaceIndex index) {
  return engine.interfaces()[index].config;
}

std::string_view name_of(HostMode host) noexcept {
  switch (host) {
    case HostMode::none: return "none";
    case HostMode::tap: return "tap";
    case HostMode::virtio_user: return "virtio_user";
  }
  return "?";
}

PortView port_view(const RuntimeView& view, dataplane::PortId port) {
  const auto found = std::ranges::find(view.ports, port, &PortView::port);
  return found == view.ports.end() ? PortView{} : *found;
}

HostView host_view(const RuntimeView& view, dataplane::HostId host) {
  return host < view.hosts.size() ? view.hosts[host] : HostView{};
}

double seconds_since(proto::TimePoint then, proto::TimePoint now) {
  if (then >= now) return 0;
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(now - then);
  return static_cast<double>(ms.count()) / 1000;
}

std::string rfc3339(uint64_t unix_us) {
  using namespace std::chrono;
  const auto whole_days = days(unix_us / microseconds(days(1)).count());
  const year_month_day date{sys_days(whole_days)};
  const hh_mm_ss time{microseconds(unix_us) - microseconds(whole_days)};
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%06dZ",
                static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()), static_cast<int>(time.hours().count()),
                static_cast<int>(time.minutes().count()), static_cast<int>(time.seconds().count()),
                static_cast<int>(time.subseconds().count()));
  return text.data();
}

double busy_ratio(const WorkerView& worker) {
  if (!std::isfinite(worker.busy)) return 0;
  return std::round(std::clamp(worker.busy, 0.0, 1.0) * 1000) / 1000;
}

uint64_t frames(const WorkerView& worker, Reason reason) {
  return worker.by_reason[static_cast<size_t>(reason)];
}

uint64_t frames(const WorkerView& worker, Verdict verdict) {
  uint64_t sum = 0;
  for (size_t i = 0; i < dataplane::kReasonCount; ++i) {
    if (dataplane::kReasons[i].verdict == verdict) sum += worker.by_reason[i];
  }
  return sum;
}

std::vector<Count> carp_counts(const Statistics& statistics) {
  return {
#define X(name, text) {#name, text, statistics.name},
      CARP_STATISTICS(X)
#undef X
      // Names of C104 that never count here.
      {"ipackets6", "advertisements received over IPv6 (not served)", 0},
      {"opackets6", "advertisements sent over IPv6 (not served)", 0},
      {"ostates", "state updates sent (never counted)", 0},
  };
}

std::vector<Count> igmp_counts(const IgmpStatistics& statistics) {
  return {
#define X(name, text) {#name, text, statistics.name},
      CARP_IGMP_STATISTICS(X)
#undef X
  };
}

std::vector<Count> arp_counts(const RuntimeView& view) {
  constexpr std::string_view kPrefix = "arp_";
  const WorkerView sum = sum_of(view);
  std::vector<Count> counts;
  for (size_t i = 0; i < dataplane::kReasonCount; ++i) {
    const ReasonInfo& info = dataplane::kReasons[i];
    std::string_view name = info.name;
    const bool about_master =
        name == info_of(Reason::not_master).name || name == info_of(Reason::lease_lapsed).name;
    if (name.starts_with(kPrefix)) {
      name.remove_prefix(kPrefix.size());
    } else if (!about_master) {
      continue;
    }
    counts.push_back({name, info.text, sum.by_reason[i]});
  }
  return counts;
}

std::vector<Count> drop_counts(const WorkerView& worker) {
  std::vector<Count> counts;
  for (size_t i = 0; i < dataplane::kReasonCount; ++i) {
    const ReasonInfo& info = dataplane::kReasons[i];
    if (info.verdict != Verdict::drop) continue;
    counts.push_back({info.name, info.text, worker.by_reason[i]});
  }
  return counts;
}

std::array<Delay, 2> delays(const RuntimeView& view) {
  return {Delay{"late_adverts", "from when an advertisement was due until control sent it",
                view.late_adverts},
          Delay{"table_switch", "from a decision until all workers answered by its table",
                view.switch_times}};
}

std::vector<Count> drop_counts(const RuntimeView& view) { return drop_counts(sum_of(view)); }

std::vector<Count> host_drop_counts(const HostView& host) {
  std::vector<Count> counts;
  for (size_t i = 0; i < dataplane::kHostReasonCount; ++i) {
    const dataplane::HostReasonInfo& info = dataplane::kHostReasons[i];
    if (!dataplane::leaves(static_cast<dataplane::HostReason>(i)))
      counts.push_back({info.name, info.text, host.by_reason[i]});
  }
  counts.push_back({"too_long", "of the kernel, longer than the port's MTU", host.too_long});
  counts.push_back({"no_buffer", "of the kernel, kept waiting: no mbuf was free", host.no_buffer});
  counts.push_back({"transmit_full", "of the kernel, the port took no more", host.transmit_full});
  counts.push_back(
      {"refused", "for the kernel, which did not take it: interface down or gone", host.refused});
  return counts;
}

std::vector<Count> host_counts(const RuntimeView& view) {
  HostView sum;
  for (const HostView& host : view.hosts) {
    sum.to_host += host.to_host;
    sum.from_host += host.from_host;
    sum.refused += host.refused;
    sum.too_long += host.too_long;
    sum.no_buffer += host.no_buffer;
    sum.transmit_full += host.transmit_full;
    sum.reopened += host.reopened;
    for (size_t i = 0; i < dataplane::kHostReasonCount; ++i) sum.by_reason[i] += host.by_reason[i];
  }
  std::vector<Count> counts = {{"to_host", "frames that the kernel took", sum.to_host},
                               {"from_host", "frames that the kernel sent", sum.from_host}};
  for (size_t i = 0; i < dataplane::kHostReasonCount; ++i)
    if (dataplane::leaves(static_cast<dataplane::HostReason>(i)))
      counts.push_back(
          {dataplane::kHostReasons[i].name, dataplane::kHostReasons[i].text, sum.by_reason[i]});
  for (const Count& drop : host_drop_counts(sum)) counts.push_back(drop);
  counts.push_back({"reopened", "interfaces that were deleted and made anew", sum.reopened});
  counts.push_back({"healed", "settings that somebody changed, put right", view.host_healed});
  counts.push_back(
      {"settings_refused", "settings that the kernel did not take", view.host_settings_refused});
  return counts;
}

}  // namespace carp::control
