// SPDX-License-Identifier: BSD-3-Clause
#include "lib/control/show_json.h"

#include "lib/control/show_facts.h"
#include "lib/control/show_json_list.h"

namespace carp::control {
namespace {

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

Pieces vhosts_json(const ShowInput& input) {
  std::vector<std::string> names = vhost_names(input.engine);
  const Part part = part_of(input.window, names.size());
  Json json = with_list({}, "vhosts", part);
  json["maintenance"] = input.engine.in_maintenance();
  return list_in_pieces(
      json, "vhosts", part,
      [names = std::move(names)](const ShowInput& input, size_t number) -> std::optional<Json> {
        const VhostEntry* entry = input.engine.find_vhost(names[number]);
        if (entry == nullptr) return std::nullopt;
        return vhost_json(input, *entry);
      });
}

Pieces interfaces_json(const ShowInput& input) {
  const Part part = part_of(input.window, input.engine.interfaces().size());
  return list_in_pieces(with_list({}, "interfaces", part), "interfaces", part,
                        [](const ShowInput& input, size_t number) {
                          return interface_json(input, input.engine.interfaces()[number]);
                        });
}

Pieces workers_json(const ShowInput& input) {
  const Part part = part_of(input.window, input.view.workers.size());
  return list_in_pieces(with_list({}, "workers", part), "workers", part,
                        [](const ShowInput& input, size_t number) {
                          return worker_json(input.view.workers[number]);
                        });
}

Pieces peers_json(const ShowInput& input) {
  std::vector<PeerKey> keys = peer_keys(input.engine);
  const Part part = part_of(input.window, keys.size());
  return list_in_pieces(
      with_list({}, "peers", part), "peers", part,
      [keys = std::move(keys)](const ShowInput& input, size_t number) -> std::optional<Json> {
        const Peer* peer = find_peer(input.engine, keys[number]);
        if (peer == nullptr) return std::nullopt;
        return peer_json(input, *peer);
      });
}

Pieces statistics_json(const ShowInput& input) {
  Json times = Json::object();
  for (const Delay& delay : delays(input.view))
    times[std::string(delay.name)] = to_json(delay.times);
  return at_once(document({{"carp", to_json(carp_counts(input.engine.statistics()))},
                           {"arp", to_json(arp_counts(input.view))},
                           {"igmp", to_json(igmp_counts(input.engine.igmp_statistics()))},
                           {"drops", to_json(drop_counts(input.view))},
                           {"host", to_json(host_counts(input.view))},
                           {"times", times}}));
}

Pieces demotion_json(const ShowInput& input) {
  std::vector<proto::Demotion::Cause> causes = input.engine.demotion().causes();
  const Part part = part_of(input.window, causes.size());
  const Json sum{{"demotion", input.engine.demotion().total()}};
  return list_in_pieces(with_list(sum, "causes", part), "causes", part,
                        [causes = std::move(causes)](const ShowInput& input, size_t number) {
                          const proto::Demotion::Cause& present = causes[number];
                          Json cause;
                          cause["cause"] = present.name;
                          cause["vhost"] = or_null(present.subject);
                          cause["amount"] = present.amount;
                          cause["since_s"] = seconds_since(present.since, input.now);
                          return cause;
                        });
}

Pieces history_json(const ShowInput& input) {
  const Part part = part_of({}, input.engine.history().entries().size());
  return list_in_pieces(with_list({}, "history", part), "history", part,
                        [past = input.engine.history().entries()](const ShowInput&, size_t number) {
                          Json change;
                          change["time"] = rfc3339(past[number].unix_us);
                          change["name"] = past[number].name;
                          change["from"] = to_string(past[number].from);
                          change["to"] = to_string(past[number].to);
                          change["reason"] = to_string(past[number].reason);
                          return change;
                        });
}

Pieces version_json(const ShowInput& input) {
  return at_once(document({{"versions", input.view.versions}, {"notes", input.view.notes}}));
}

}  // namespace carp::control
