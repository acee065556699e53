// SPDX-License-Identifier: BSD-3-Clause
#include "lib/control/show_json.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "lib/control/show_facts.h"

namespace carp::control {
namespace {

// Keys stay in the order in which interface.md names them.
using Json = nlohmann::ordered_json;

// {"KEY": LIST} on one line. Bytes that are no UTF-8 are replaced, never passed on.
[[nodiscard]] std::string document(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + '\n';
}

[[nodiscard]] Json or_null(const std::string& text) { return text.empty() ? Json() : Json(text); }

[[nodiscard]] Json to_json(const std::vector<net::Ipv4Prefix>& addresses) {
  Json list = Json::array();
  for (const net::Ipv4Prefix& address : addresses) list.push_back(net::to_string(address));
  return list;
}

[[nodiscard]] Json to_json(const std::vector<Count>& counts) {
  Json object = Json::object();
  for (const Count& count : counts) object[std::string(count.name)] = count.value;
  return object;
}

[[nodiscard]] Json to_json(const Histogram& times) {
  return {{"count", times.count()},
          {"p50_us", times.quantile_us(0.5)},
          {"p99_us", times.quantile_us(0.99)},
          {"p999_us", times.quantile_us(0.999)},
          {"max_us", times.max_us()}};
}

// {"NAME": LIST}, with "total" where the window leaves some of the list out.
template <typename List, typename ToJson>
[[nodiscard]] Json listed(const char* name, const List& all, Window window, ToJson entry_json) {
  const size_t first = std::min(window.first, all.size());
  const size_t last = first + std::min(window.count, all.size() - first);
  Json list = Json::array();
  for (size_t i = first; i < last; ++i) list.push_back(entry_json(all[i]));
  Json object;
  object[name] = std::move(list);
  if (last - first < all.size()) object["total"] = all.size();
  return object;
}

[[nodiscard]] Json vhost_json(const ShowInput& input, const VhostEntry& entry) {
  const proto::VhostConfig& config = entry.config;
  const auto master = master_of(input.engine, entry);
  Json vhost;
  vhost["name"] = config.name;
  vhost["interface"] = or_null(config.interface);
  vhost["vhid"] = config.vhid == 0 ? Json() : Json(config.vhid);
  vhost["state"] = to_string(entry.vhost.state);
  vhost["since_s"] = seconds_since(entry.since, input.now);
  vhost["master"] = master ? Json(net::to_string(*master)) : Json();
  vhost["advbase"] = config.pace.advbase;
  vhost["advskew"] = config.pace.advskew;
  vhost["effective_advskew"] = effective_advskew(input.engine, entry);
  vhost["up"] = config.up;
  vhost["running"] = entry.runs();
  vhost["addresses"] = to_json(config.addresses);
  vhost["virtual_mac"] =
      config.vhid == 0 ? Json() : Json(net::to_string(net::virtual_mac(config.vhid)));
  vhost["transitions"] = entry.transitions;
  vhost["transition"] = or_null(transition_of(entry, input.now));
  vhost["switched_over"] = entry.stays_back;
  vhost["why_not_running"] = or_null(why_not_running(input.engine, entry));
  return vhost;
}

[[nodiscard]] Json interface_json(const ShowInput& input, const InterfaceEntry& entry) {
  const InterfaceConfig& config = entry.config;
  const PortView port = port_view(input.view, entry.facts.port);
  Json interface;
  interface["name"] = config.name;
  interface["port"] = config.port;
  interface["driver"] = port.driver;
  interface["mac"] = net::to_string(entry.facts.mac);
  interface["link"] = entry.link_up ? "up" : "down";
  interface["vlan"] = config.vlan == 0 ? Json() : Json(config.vlan);
  interface["addresses"] = to_json(config.addresses);
  interface["host"] = name_of(config.host);
  const HostView host = host_view(input.view, entry.facts.host);
  interface["host_name"] = config.host == HostMode::none ? Json() : Json(config.host_name);
  interface["to_host"] = host.to_host;
  interface["from_host"] = host.from_host;
  interface["host_drops"] = to_json(host_drop_counts(host));
  interface["ipackets"] = port.ipackets;
  interface["opackets"] = port.opackets;
  interface["imissed"] = port.imissed;
  interface["oerrors"] = port.oerrors;
  interface["rx_queues"] = port.rx_queues;
  interface["tx_queues"] = port.tx_queues;
  interface["control_tx"] = port.control_tx_own ? "own" : "shared";
  interface["link_watch"] = port.link_watch;
  return interface;
}

[[nodiscard]] Json worker_json(const WorkerView& view) {
  using dataplane::Reason;
  using dataplane::Verdict;
  Json worker;
  worker["lcore"] = view.lcore;
  worker["received"] = view.received;
  worker["arp_replies"] = frames(view, Reason::arp_answered);
  worker["echo_replies"] = frames(view, Reason::echo_answered);
  worker["punted"] = frames(view, Verdict::punt);
  worker["to_host"] = frames(view, Verdict::host);
  worker["dropped"] = to_json(drop_counts(view));
  worker["handed_over"] = view.handed_over;
  worker["busy"] = busy_ratio(view);
  worker["table_generation"] = view.table_generation;
  worker["stalled"] = view.stalled;
  worker["queues"] = view.queues;
  return worker;
}

[[nodiscard]] Json peer_json(const ShowInput& input, const Peer& heard) {
  Json peer;
  peer["interface"] = interface_at(input.engine, heard.interface).name;
  peer["vhid"] = heard.vhid;
  peer["source"] = net::to_string(heard.source);
  peer["advbase"] = heard.pace.advbase;
  peer["advskew"] = heard.pace.advskew;
  peer["last_heard_s"] = seconds_since(heard.last_heard, input.now);
  peer["accepted"] = heard.accepted;
  peer["reason"] = heard.accepted ? Json() : Json(heard.reason);
  peer["note"] = or_null(heard.note);
  return peer;
}

}  // namespace

std::string vhosts_json(const ShowInput& input) {
  const auto entry_json = [&](const auto& entry) { return vhost_json(input, *entry); };
  Json json = listed("vhosts", input.engine.vhosts(), input.window, entry_json);
  json["maintenance"] = input.engine.in_maintenance();
  return document(json);
}

std::string interfaces_json(const ShowInput& input) {
  const auto entry_json = [&](const auto& interface) { return interface_json(input, interface); };
  return document(listed("interfaces", input.engine.interfaces(), input.window, entry_json));
}

std::string workers_json(const ShowInput& input) {
  return document(listed("workers", input.view.workers, input.window, worker_json));
}

std::string peers_json(const ShowInput& input) {
  const auto entry_json = [&](const Peer& peer) { return peer_json(input, peer); };
  return document(listed("peers", input.engine.peers().all(), input.window, entry_json));
}

std::string statistics_json(const ShowInput& input) {
  Json times = Json::object();
  for (const Delay& delay : delays(input.view))
    times[std::string(delay.name)] = to_json(delay.times);
  return document({{"carp", to_json(carp_counts(input.engine.statistics()))},
                   {"arp", to_json(arp_counts(input.view))},
                   {"igmp", to_json(igmp_counts(input.engine.igmp_statistics()))},
                   {"drops", to_json(drop_counts(input.view))},
                   {"host", to_json(host_counts(input.view))},
                   {"times", times}});
}

std::string demotion_json(const ShowInput& input) {
  const proto::Demotion& demotion = input.engine.demotion();
  const auto cause_json = [&](const proto::Demotion::Cause& present) {
    Json cause;
    cause["cause"] = present.name;
    cause["vhost"] = or_null(present.subject);
    cause["amount"] = present.amount;
    cause["since_s"] = seconds_since(present.since, input.now);
    return cause;
  };
  Json object{{"demotion", demotion.total()}};
  object.update(listed("causes", demotion.causes(), input.window, cause_json));
  return document(object);
}

std::string history_json(const ShowInput& input) {
  Json list = Json::array();
  for (const HistoryEntry& past : input.engine.history().entries()) {
    Json change;
    change["time"] = rfc3339(past.unix_us);
    change["name"] = past.name;
    change["from"] = to_string(past.from);
    change["to"] = to_string(past.to);
    change["reason"] = to_string(past.reason);
    list.push_back(std::move(change));
  }
  return document({{"history", list}});
}

std::string version_json(const ShowInput& input) {
  return document({{"versions", input.view.versions}, {"notes", input.view.notes}});
}

}  // namespace carp::control
