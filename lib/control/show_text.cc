// SPDX-License-Identifier: BSD-3-Clause
#include "lib/control/show_text.h"

#include <array>
#include <cstdio>
#include <utility>

#include "lib/control/show_facts.h"
#include "lib/control/show_table.h"

namespace carp::control {
namespace {

constexpr const char* kNone = "-";

template <typename... Values>
[[nodiscard]] std::string format(const char* how, Values... values) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), how, values...);
  return text.data();
}

// 12.3 s, 00:05:07 or 3 d 00:05:07.
[[nodiscard]] std::string age(proto::TimePoint then, proto::TimePoint now) {
  const double seconds = seconds_since(then, now);
  if (seconds < 60) return format("%.1f s", seconds);
  const auto whole = static_cast<long>(seconds);
  const std::string clock =
      format("%02ld:%02ld:%02ld", whole / 3600 % 24, whole / 60 % 60, whole % 60);
  return whole < 86400 ? clock : format("%ld d ", whole / 86400) + clock;
}

[[nodiscard]] std::string or_none(std::string text) { return text.empty() ? kNone : text; }

// Rows for the addresses after the first, so that a long list makes no long line.
void add_with_addresses(ShowTable& table, std::vector<std::string> cells,
                        const std::vector<net::Ipv4Prefix>& addresses) {
  const size_t indent = cells.size();
  cells.push_back(addresses.empty() ? kNone : net::to_string(addresses[0]));
  table.add(std::move(cells));
  for (size_t i = 1; i < addresses.size(); ++i) {
    std::vector<std::string> row(indent);
    row.push_back(net::to_string(addresses[i]));
    table.add(std::move(row));
  }
}

[[nodiscard]] std::string counters_text(const ShowInput& input) {
  ShowTable table({{"NAME"},
                   {"DRIVER"},
                   {"IPACKETS", Align::right},
                   {"OPACKETS", Align::right},
                   {"IMISSED", Align::right},
                   {"OERRORS", Align::right},
                   {"RXQ", Align::right},
                   {"TXQ", Align::right},
                   {"CONTROL_TX"},
                   {"LINK_WATCH"}});
  for (const InterfaceEntry& interface : input.engine.interfaces()) {
    const PortView port = port_view(input.view, interface.facts.port);
    table.add({interface.config.name, or_none(port.driver), std::to_string(port.ipackets),
               std::to_string(port.opackets), std::to_string(port.imissed),
               std::to_string(port.oerrors), std::to_string(port.rx_queues),
               std::to_string(port.tx_queues), port.control_tx_own ? "own" : "shared",
               or_none(port.link_watch)});
  }
  return table.text();
}

// Nothing where no interface has a kernel's beside it.
[[nodiscard]] std::string hosts_text(const ShowInput& input) {
  ShowTable table({{"NAME"},
                   {"HOST_NAME"},
                   {"STATE"},
                   {"TO_HOST", Align::right},
                   {"FROM_HOST", Align::right},
                   {"DROPPED"}});
  bool is_empty = true;
  for (const InterfaceEntry& interface : input.engine.interfaces()) {
    if (interface.config.host == HostMode::none) continue;
    const HostView host = host_view(input.view, interface.facts.host);
    std::string drops;
    for (const Count& count : host_drop_counts(host)) {
      if (count.value == 0) continue;
      drops +=
          (drops.empty() ? "" : ", ") + std::string(count.name) + ' ' + std::to_string(count.value);
    }
    table.add({interface.config.name, interface.config.host_name, host.gone ? "deleted" : "there",
               std::to_string(host.to_host), std::to_string(host.from_host), or_none(drops)});
    is_empty = false;
  }
  return is_empty ? "" : '\n' + table.text();
}

[[nodiscard]] std::string times_text(const RuntimeView& view) {
  ShowTable table({{"TIMES_US"},
                   {"COUNT", Align::right},
                   {"P50", Align::right},
                   {"P99", Align::right},
                   {"P99.9", Align::right},
                   {"MAX", Align::right},
                   {"MEANING"}});
  for (const Delay& delay : delays(view)) {
    const Histogram& times = delay.times;
    table.add({std::string(delay.name), std::to_string(times.count()),
               std::to_string(times.quantile_us(0.5)), std::to_string(times.quantile_us(0.99)),
               std::to_string(times.quantile_us(0.999)), std::to_string(times.max_us()),
               std::string(delay.text)});
  }
  return table.text();
}

[[nodiscard]] std::string counts_text(std::string_view title, const std::vector<Count>& counts) {
  ShowTable table({{std::string(title)}, {"COUNT", Align::right}, {"MEANING"}});
  for (const Count& count : counts) {
    table.add({std::string(count.name), std::to_string(count.value), std::string(count.text)});
  }
  return table.text();
}

// A row; below the table why it is INIT or changes.
void add_vhost(const ShowInput& input, const VhostEntry& entry, ShowTable& table) {
  const proto::VhostConfig& config = entry.config;
  const auto master = master_of(input.engine, entry);
  const unsigned skew = effective_advskew(input.engine, entry);
  std::string advskew = std::to_string(config.pace.advskew);
  if (skew != config.pace.advskew) advskew += " (" + std::to_string(skew) + ")";
  add_with_addresses(
      table,
      {config.name, or_none(config.interface),
       config.vhid == 0 ? kNone : std::to_string(config.vhid),
       std::string(to_string(entry.vhost.state)), age(entry.since, input.now),
       master ? net::to_string(*master) : kNone, std::to_string(config.pace.advbase), advskew},
      config.addresses);
  if (const auto transition = transition_of(entry, input.now); !transition.empty())
    table.add_below(config.name + " is in transition: " + transition);
  if (entry.stays_back)
    table.add_below(config.name +
                    " was switched over: it does not preempt until it has been MASTER");
  if (!entry.runs())
    table.add_below(config.name + " is INIT: " + why_not_running(input.engine, entry));
}

}  // namespace

Pieces vhosts_text(const ShowInput& input) {
  ShowTable table({{"NAME"},
                   {"INTERFACE"},
                   {"VHID", Align::right},
                   {"STATE"},
                   {"SINCE", Align::right},
                   {"MASTER"},
                   {"ADVBASE", Align::right},
                   {"ADVSKEW", Align::right},
                   {"ADDRESSES"}});
  if (input.engine.in_maintenance())
    table.add_below("maintenance is on: this host is demoted until maintenance off");
  std::vector<std::string> names = vhost_names(input.engine);
  const size_t count = names.size();
  return table_in_pieces(
      std::move(table), count,
      [names = std::move(names)](const ShowInput& input, size_t number, ShowTable& table) {
        const VhostEntry* entry = input.engine.find_vhost(names[number]);
        if (entry != nullptr) add_vhost(input, *entry, table);
      });
}

Pieces interfaces_text(const ShowInput& input) {
  ShowTable table(
      {{"NAME"}, {"PORT"}, {"MAC"}, {"LINK"}, {"VLAN", Align::right}, {"HOST"}, {"ADDRESSES"}});
  for (const InterfaceEntry& interface : input.engine.interfaces()) {
    const InterfaceConfig& config = interface.config;
    add_with_addresses(
        table,
        {config.name, config.port, net::to_string(interface.facts.mac),
         interface.link_up ? "up" : "down", config.vlan == 0 ? kNone : std::to_string(config.vlan),
         std::string(name_of(config.host))},
        config.addresses);
  }
  return at_once(table.text() + '\n' + counters_text(input) + hosts_text(input));
}

Pieces workers_text(const ShowInput& input) {
  using dataplane::Reason;
  using dataplane::Verdict;
  ShowTable table({{"LCORE", Align::right},
                   {"RECEIVED", Align::right},
                   {"ARP_REPLIES", Align::right},
                   {"ECHO_REPLIES", Align::right},
                   {"PUNTED", Align::right},
                   {"DROPPED", Align::right},
                   {"HANDED_OVER", Align::right},
                   {"BUSY", Align::right},
                   {"TABLE", Align::right},
                   {"POLLS"},
                   {"QUEUES"}});
  for (const WorkerView& worker : input.view.workers) {
    std::string queues;
    for (const std::string& queue : worker.queues) queues += (queues.empty() ? "" : ", ") + queue;
    table.add({std::to_string(worker.lcore), std::to_string(worker.received),
               std::to_string(frames(worker, Reason::arp_answered)),
               std::to_string(frames(worker, Reason::echo_answered)),
               std::to_string(frames(worker, Verdict::punt)),
               std::to_string(frames(worker, Verdict::drop)), std::to_string(worker.handed_over),
               format("%.1f %%", busy_ratio(worker) * 100), std::to_string(worker.table_generation),
               worker.stalled ? "stalled" : "yes", or_none(queues)});
  }
  return at_once(table.text());
}

Pieces peers_text(const ShowInput& input) {
  ShowTable table({{"INTERFACE"},
                   {"VHID", Align::right},
                   {"SOURCE"},
                   {"ADVBASE", Align::right},
                   {"ADVSKEW", Align::right},
                   {"LAST_HEARD", Align::right},
                   {"ACCEPTED"},
                   {"REMARK"}});
  std::vector<PeerKey> keys = peer_keys(input.engine);
  const size_t count = keys.size();
  return table_in_pieces(
      std::move(table), count,
      [keys = std::move(keys)](const ShowInput& input, size_t number, ShowTable& table) {
        const Peer* peer = find_peer(input.engine, keys[number]);
        if (peer == nullptr) return;
        table.add({interface_at(input.engine, peer->interface).name, std::to_string(peer->vhid),
                   net::to_string(peer->source), std::to_string(peer->pace.advbase),
                   std::to_string(peer->pace.advskew), age(peer->last_heard, input.now),
                   peer->accepted ? "yes" : "no", peer->accepted ? peer->note : peer->reason});
      });
}

Pieces statistics_text(const ShowInput& input) {
  return at_once(counts_text("CARP", carp_counts(input.engine.statistics())) + '\n' +
                 counts_text("ARP", arp_counts(input.view)) + '\n' +
                 counts_text("DROPS", drop_counts(input.view)) + '\n' +
                 counts_text("IGMP", igmp_counts(input.engine.igmp_statistics())) + '\n' +
                 counts_text("HOST", host_counts(input.view)) + '\n' + times_text(input.view));
}

// The sum stands above the table, the table only where there is something in it.
Pieces demotion_text(const ShowInput& input) {
  std::vector<proto::Demotion::Cause> causes = input.engine.demotion().causes();
  const size_t count = causes.size();
  std::string sum = "demotion: " + std::to_string(input.engine.demotion().total()) + '\n';
  if (count == 0) return at_once(std::move(sum));
  ShowTable table({{"CAUSE"}, {"VHOST"}, {"AMOUNT", Align::right}, {"SINCE", Align::right}});
  Pieces rows = table_in_pieces(
      std::move(table), count,
      [causes = std::move(causes)](const ShowInput& input, size_t number, ShowTable& table) {
        const proto::Demotion::Cause& cause = causes[number];
        table.add({cause.name, or_none(cause.subject), std::to_string(cause.amount),
                   age(cause.since, input.now)});
      });
  return [sum = std::move(sum), rows = std::move(rows)](const ShowInput& input,
                                                        std::string& text) mutable {
    text += std::exchange(sum, {});
    return rows(input, text);
  };
}

Pieces history_text(const ShowInput& input) {
  ShowTable table({{"TIME"}, {"NAME"}, {"FROM"}, {"TO"}, {"REASON"}});
  return table_in_pieces(
      std::move(table), input.engine.history().entries().size(),
      [past = input.engine.history().entries()](const ShowInput&, size_t number, ShowTable& table) {
        const HistoryEntry& change = past[number];
        table.add({rfc3339(change.unix_us), change.name, std::string(to_string(change.from)),
                   std::string(to_string(change.to)), std::string(to_string(change.reason))});
      });
}

Pieces version_text(const ShowInput& input) {
  std::string text;
  for (const std::string& version : input.view.versions) text += version + '\n';
  for (const std::string& note : input.view.notes) text += "note: " + note + '\n';
  return at_once(std::move(text));
}

}  // namespace carp::control
