// SPDX-License-Identifier: BSD-3-Clause
#include "lib/control/exposition.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstdio>
#include <string_view>

#include "lib/control/show_facts.h"

namespace carp::control {
namespace {

using dataplane::Reason;
using dataplane::Verdict;

// Writes families, one after the other: HELP and TYPE, then its samples. Labels need no escapes:
// no name that carp.ini lets pass holds a quote, a backslash or a line end.
class Page {
 public:
  void family(std::string_view name, std::string_view type, std::string_view help) {
    name_ = name;
    append({"# HELP ", name, " ", help, "\n# TYPE ", name, " ", type, "\n"});
  }
  void add(const std::string& labels, uint64_t value) { add("", labels, std::to_string(value)); }
  void add(std::string_view suffix, const std::string& labels, const std::string& value) {
    append({name_, suffix});
    if (!labels.empty()) append({"{", labels, "}"});
    append({" ", value, "\n"});
  }
  [[nodiscard]] std::string take() { return std::move(text_); }

 private:
  void append(std::initializer_list<std::string_view> pieces) {
    for (const std::string_view piece : pieces) text_ += piece;
  }

  std::string name_;
  std::string text_;
};

[[nodiscard]] std::string label(std::string_view name, std::string_view value) {
  std::string text(name);
  text += "=\"";
  text += value;
  return text += '"';
}

[[nodiscard]] std::string vhid_labels(const Sample& sample, const VhostSample& vhost) {
  return label("interface", sample.interfaces[vhost.interface].name) + ',' +
         label("vhid", std::to_string(vhost.vhid));
}

[[nodiscard]] std::string vhost_labels(const Sample& sample, const VhostSample& vhost) {
  return vhid_labels(sample, vhost) + ',' + label("name", vhost.name);
}

[[nodiscard]] std::string worker_label(const WorkerView& worker) {
  return label("worker", std::to_string(worker.lcore));
}

[[nodiscard]] uint64_t number_of(proto::State state) {
  switch (state) {
    case proto::State::init: return 0;
    case proto::State::backup: return 1;
    case proto::State::master: return 2;
  }
  return 0;
}

void write_vhosts(Page& page, const Sample& sample) {
  page.family("carp_vhost_state", "gauge", "State of a virtual host: 0 INIT, 1 BACKUP, 2 MASTER.");
  for (const VhostSample& vhost : sample.vhosts)
    page.add(vhost_labels(sample, vhost), number_of(vhost.state));
  page.family("carp_vhost_transitions_total", "counter", "Changes of state of a virtual host.");
  for (const VhostSample& vhost : sample.vhosts)
    page.add(vhost_labels(sample, vhost), vhost.transitions);
  page.family("carp_advertisements_total", "counter",
              "Advertisements of a vhid: received, those accepted; and sent.");
  for (const VhostSample& vhost : sample.vhosts) {
    const std::string vhid = ',' + vhid_labels(sample, vhost);
    page.add(label("direction", "received") + vhid, vhost.adverts_accepted);
    page.add(label("direction", "sent") + vhid, vhost.adverts_sent);
  }
}

struct StatisticName {
  std::string_view name;
  uint64_t Statistics::*count;
};

// The names of C104.
constexpr std::array kRefusals{
    StatisticName{"badif", &Statistics::badif},     StatisticName{"badttl", &Statistics::badttl},
    StatisticName{"badlen", &Statistics::badlen},   StatisticName{"badsum", &Statistics::badsum},
    StatisticName{"badver", &Statistics::badver},   StatisticName{"badvhid", &Statistics::badvhid},
    StatisticName{"badauth", &Statistics::badauth}, StatisticName{"replay", &Statistics::replay},
    StatisticName{"loop", &Statistics::loop},
};
constexpr std::array kSendFailures{
    StatisticName{"onomem", &Statistics::onomem},
    StatisticName{"oerrors", &Statistics::oerrors},
};

void write_statistics(Page& page, const Sample& sample) {
  page.family("carp_rejected_total", "counter",
              "Advertisements refused, by the reason's name in carpstats.");
  for (const auto& [name, count] : kRefusals)
    page.add(label("reason", name), sample.statistics.*count);
  page.family("carp_send_failures_total", "counter",
              "Advertisements that did not leave: onomem, no buffer; oerrors, the port took none.");
  for (const auto& [name, count] : kSendFailures)
    page.add(label("reason", name), sample.statistics.*count);
  page.family("carp_demotion", "gauge", "Sum of the causes that demote this host; 0: none.");
  page.add("", "", std::to_string(sample.demotion));
}

void write_frames(Page& page, const std::vector<WorkerView>& workers) {
  page.family("carp_arp_replies_total", "counter", "ARP requests answered.");
  for (const WorkerView& worker : workers)
    page.add(worker_label(worker), frames(worker, Reason::arp_answered));
  page.family("carp_echo_replies_total", "counter", "ICMP echo requests answered.");
  for (const WorkerView& worker : workers)
    page.add(worker_label(worker), frames(worker, Reason::echo_answered));
  page.family("carp_frames_total", "counter",
              "Frames by what became of them: transmit, answered; punt, for control; host, for the "
              "kernel; drop.");
  for (const WorkerView& worker : workers) {
    const std::string start = worker_label(worker) + ',';
    page.add(start + label("verdict", "transmit"), frames(worker, Verdict::transmit));
    page.add(start + label("verdict", "punt"), frames(worker, Verdict::punt));
    page.add(start + label("verdict", "host"), frames(worker, Verdict::host));
    page.add(start + label("verdict", "drop"), frames(worker, Verdict::drop));
  }
  page.family("carp_dropped_total", "counter", "Frames dropped, by reason.");
  for (const WorkerView& worker : workers)
    for (const Count& drop : drop_counts(worker))
      page.add(worker_label(worker) + ',' + label("reason", drop.name), drop.value);
}

void write_workers(Page& page, const Sample& sample) {
  const std::vector<WorkerView>& workers = sample.view.workers;
  page.family("carp_worker_busy_ratio", "gauge",
              "Share of the last second in which a worker had something to do.");
  for (const WorkerView& worker : workers) {
    std::array<char, 16> ratio{};
    std::snprintf(ratio.data(), ratio.size(), "%.3f", busy_ratio(worker));
    page.add("", worker_label(worker), ratio.data());
  }
  page.family("carp_worker_stalled", "gauge", "1: the worker has not polled for a second.");
  for (const WorkerView& worker : workers)
    page.add(worker_label(worker), worker.stalled ? uint64_t{1} : uint64_t{0});
  page.family("carp_table_generation", "gauge", "Number of the table that a worker answers by.");
  for (const WorkerView& worker : workers) page.add(worker_label(worker), worker.table_generation);
  page.family("carp_table_generation_latest", "gauge", "Number of the newest table.");
  page.add("", sample.generation);
}

// A port counts once, however many interfaces (VLANs) share it.
void write_ports(Page& page, const Sample& sample) {
  page.family("carp_interface_up", "gauge", "1: the interface's port has link.");
  for (const InterfaceSample& interface : sample.interfaces)
    page.add(label("interface", interface.name) + ',' + label("port", interface.port_name),
             interface.link_up ? uint64_t{1} : uint64_t{0});
  struct Family {
    const char* name;
    const char* help;
    uint64_t PortView::*count;
  };
  constexpr std::array kFamilies{
      Family{"carp_port_received_packets_total", "Frames received.", &PortView::ipackets},
      Family{"carp_port_sent_packets_total", "Frames sent.", &PortView::opackets},
      Family{"carp_port_missed_packets_total", "Frames lost: no worker took them in time.",
             &PortView::imissed},
      Family{"carp_port_send_errors_total", "Frames that could not be sent.", &PortView::oerrors},
  };
  for (const auto& [name, help, count] : kFamilies) {
    page.family(name, "counter", help);
    for (const PortView& port : sample.view.ports) {
      const auto owner = std::ranges::find(sample.interfaces, port.port, &InterfaceSample::port);
      if (owner == sample.interfaces.end()) continue;
      page.add(label("port", owner->port_name), port.*count);
    }
  }
}

[[nodiscard]] std::string in_seconds(uint64_t us) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%llu.%06llu",
                static_cast<unsigned long long>(us / 1'000'000),
                static_cast<unsigned long long>(us % 1'000'000));
  return text.data();
}

// Buckets end at powers of two of a microsecond, where the count is exact.
void write_times(Page& page, std::string_view name, std::string_view help, const Histogram& times) {
  constexpr unsigned kFirst = 6;  // 64 us
  constexpr unsigned kLast = 22;  // 4 s
  page.family(name, "histogram", help);
  for (unsigned exponent = kFirst; exponent <= kLast; exponent += 2)
    page.add("_bucket", label("le", in_seconds(uint64_t{1} << exponent)),
             std::to_string(times.count_below(exponent)));
  page.add("_bucket", label("le", "+Inf"), std::to_string(times.count()));
  page.add("_sum", "", in_seconds(times.sum_us()));
  page.add("_count", "", std::to_string(times.count()));
}

// "dpdk-carp 0.1.0" is the first of the versions.
void write_version(Page& page, const RuntimeView& view) {
  page.family("carp_build_info", "gauge", "The program's version; always 1.");
  if (view.versions.empty()) return;
  const std::string_view line = view.versions.front();
  page.add(label("version", line.substr(line.find(' ') + 1)), 1);
}

}  // namespace

void take_sample(const ShowInput& input, Sample& sample) {
  const Engine& engine = input.engine;
  sample.vhosts.clear();
  for (const auto& entry : engine.vhosts())
    if (entry->config.vhid != 0 && entry->has_interface())
      sample.vhosts.push_back({.name = entry->config.name,
                               .interface = entry->interface,
                               .vhid = entry->config.vhid,
                               .state = entry->vhost.state,
                               .transitions = entry->transitions,
                               .adverts_sent = entry->adverts_sent,
                               .adverts_accepted = entry->adverts_accepted});
  sample.interfaces.clear();
  for (const InterfaceEntry& interface : engine.interfaces())
    sample.interfaces.push_back({.name = interface.config.name,
                                 .port_name = interface.config.port,
                                 .port = interface.facts.port,
                                 .link_up = interface.link_up});
  sample.view = input.view;
  sample.statistics = engine.statistics();
  sample.demotion = engine.demotion().total();
  sample.generation = engine.generation();
}

std::string exposition(const Sample& sample) {
  Page page;
  write_version(page, sample.view);
  write_vhosts(page, sample);
  write_statistics(page, sample);
  write_frames(page, sample.view.workers);
  write_workers(page, sample);
  write_ports(page, sample);
  write_times(page, "carp_late_advertisement_seconds",
              "From when an advertisement was due until control sent it.",
              sample.view.late_adverts);
  write_times(page, "carp_table_switch_seconds",
              "From a decision until all workers answered by its table.", sample.view.switch_times);
  return page.take();
}

}  // namespace carp::control
