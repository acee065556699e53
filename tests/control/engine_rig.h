// SPDX-License-Identifier: BSD-3-Clause
//
// An Engine with a shell of plain data around it, in virtual time: passes as control's loop makes
// them, workers that poll and confirm tables when told to, ports that take frames or do not. A
// test changes the world through the public fields, lets time run, and looks at what was sent.
//
//   EngineRig rig(lan_config({vhost("carp0", 1, "192.168.1.50/24")}));
//   rig.start();                    // link up, BACKUP
//   rig.run(seconds(4));            // nobody there: MASTER
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "lib/control/engine.h"
#include "lib/proto/wire.h"

namespace carp::control {

// One interface `lan0` on port 0 with 192.168.1.3/24 and, where asked for, `lan1` on port 1 with
// 10.0.0.3/24. The virtual hosts go to the interface that they name.
[[nodiscard]] InterfaceConfig interface_config(std::string name, std::string_view address,
                                               uint16_t vlan = 0);
[[nodiscard]] proto::VhostConfig vhost(std::string name, uint8_t vhid, std::string_view address,
                                       proto::Pace pace = {}, std::string interface = "lan0");
[[nodiscard]] Config lan_config(std::vector<proto::VhostConfig> vhosts);
[[nodiscard]] Config two_lan_config(std::vector<proto::VhostConfig> vhosts);

struct SentFrame {
  proto::TimePoint at;
  dataplane::PortId port = 0;
  net::Frame bytes;
};
struct SentAdvert {
  proto::TimePoint at;
  dataplane::PortId port = 0;
  net::MacAddress ethernet_source;
  uint16_t vlan = 0;
  proto::Advert advert;
};
struct SentArp {
  proto::TimePoint at;
  dataplane::PortId port = 0;
  net::MacAddress ethernet_source;
  net::MacAddress sender_mac;
  net::Ipv4Address address;
};
struct Told {
  proto::TimePoint at;
  StateChange change;
};
struct Published {
  proto::TimePoint at;
  uint64_t generation = 0;
};

class EngineRig {
 public:
  // Each interface has a port of its own, unless it differs from the one before by its vlan
  // alone. `host` numbers the appliance: it ends the ports' MACs and seeds the engine.
  explicit EngineRig(Config config, uint8_t host = 3, bool filter_prunes = false);

  // --- the world; change it at any time ---
  bool workers_poll = true;          // false: stalled; they take no frames and no tables either
  bool workers_confirm = true;       // false: they poll, but their confirmation never comes
  proto::Duration confirm_after{0};  // how long a table takes to all workers
  Transmitted transmits = Transmitted::ok;
  uint64_t dropped_of_inbox = 0;  // frames that workers did not hand to control

  // --- time ---
  [[nodiscard]] proto::TimePoint now() const noexcept { return now_; }
  // All links up and a pass.
  void start();
  // Passes at every millisecond, at every deadline of the engine and when the workers have a table,
  // the end included.
  void run(proto::Duration time);
  // Time in which control does not run; then one pass.
  void stall(proto::Duration time);
  // One pass of control's loop at this moment.
  void pass();
  // For those who drive several rigs: the clock alone.
  void set_time(proto::TimePoint now) noexcept { now_ = now; }

  // --- what happens to it; a pass follows where `run` or `pass` is called ---
  void set_link(dataplane::PortId port, bool up);
  // A frame on the wire: workers judge it by their table, control hears it in the next pass.
  void receive(dataplane::PortId port, net::Frame frame);
  // A frame that workers have punted already, heard at once.
  void hear(const net::Frame& frame, dataplane::PortId port = 0);

  // --- what it did ---
  [[nodiscard]] Engine& engine() noexcept { return *engine_; }
  [[nodiscard]] Outbox& out() noexcept { return out_; }
  [[nodiscard]] const VhostEntry& entry(std::string_view name = "carp0") const;
  [[nodiscard]] proto::State state(std::string_view name = "carp0") const;
  [[nodiscard]] bool is_master(std::string_view name = "carp0") const;
  // "BACKUP -> MASTER (master timed out)", the last one.
  [[nodiscard]] std::string last_change() const;
  [[nodiscard]] const std::vector<SentFrame>& sent() const noexcept { return sent_; }
  // But for these, which no election knows of (I6.5).
  [[nodiscard]] const std::vector<SentFrame>& igmp_sent() const noexcept { return igmp_sent_; }
  [[nodiscard]] std::vector<SentAdvert> adverts() const;
  [[nodiscard]] std::vector<SentArp> announcements() const;
  [[nodiscard]] const std::vector<LogLine>& log() const noexcept { return log_; }
  [[nodiscard]] bool logged(std::string_view part) const;
  [[nodiscard]] const std::vector<Published>& published() const noexcept { return published_; }
  // What the hooks were told.
  [[nodiscard]] const std::vector<Told>& told() const noexcept { return told_; }
  void forget_sent() {
    sent_.clear();
    igmp_sent_.clear();
  }
  void forget_log() { log_.clear(); }

  // --- what its workers would do ---
  // The newest table that they have; null before the first.
  [[nodiscard]] const dataplane::ForwardTable* table() const noexcept { return table_.get(); }
  // Would a worker answer a request of `client` for `address` now, and with which MAC?
  [[nodiscard]] std::optional<net::MacAddress> answer(std::string_view address,
                                                      std::string_view client = "192.168.1.200",
                                                      dataplane::PortId port = 0) const;
  // May workers act as MASTER for the virtual host now, by lease and table?
  [[nodiscard]] bool serves(std::string_view name = "carp0") const;
  // Frames that left in the last pass, for a segment.
  [[nodiscard]] std::vector<SentFrame> take_outgoing() { return std::exchange(outgoing_, {}); }

 private:
  void adopt_tables();
  void read_inbox();
  void flush();
  // Throws where the engine would sleep over something that a virtual host waits for.
  void check_deadlines() const;

  std::unique_ptr<dataplane::LeaseBoard> leases_;
  proto::TimePoint now_;
  std::vector<dataplane::PortId> ports_;
  std::unique_ptr<Engine> engine_;
  Outbox out_;
  std::unique_ptr<dataplane::ForwardTable> coming_;  // published, not yet with the workers
  proto::TimePoint coming_at_;
  std::unique_ptr<dataplane::ForwardTable> table_;
  uint64_t applied_ = 0;
  std::vector<SentFrame> inbox_;
  std::vector<SentFrame> outgoing_;
  std::vector<SentFrame> sent_;
  std::vector<SentFrame> igmp_sent_;
  std::vector<LogLine> log_;
  std::vector<Told> told_;
  std::vector<Published> published_;
};

}  // namespace carp::control
