// SPDX-License-Identifier: BSD-3-Clause
//
// Whether a helper pays: a worker whose queue never ends, by turns alone and with a second worker
// that has nothing else to do. Real workers on a net_pcap that repeats the requests of a capture.
//
//   handover_rate CPU CPU CAPTURE auto|always fast|slow
//
// The first CPU's worker has the queue, the second's helps. `always`: also where giving a frame
// costs more than serving it. `slow`: each answer is written to /dev/null, as it would be to a
// kernel, instead of being dropped as cheaply as a NIC takes it.
//
// Prints the answers of both together with a helper, as a ratio to those without, turn by turn
// (median, lowest, highest), and what share of the frames the helper had. Turns in which a worker
// was not on its CPU nearly all the time say nothing and are played again.
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "lib/dataplane/table.h"
#include "lib/dpdk/eal.h"
#include "lib/dpdk/port.h"
#include "lib/dpdk/spread.h"
#include "lib/dpdk/worker.h"

namespace {

using carp::dataplane::Reason;
using Clock = std::chrono::steady_clock;

constexpr size_t kTurns = 40;
constexpr size_t kTriesMax = 1000;
constexpr auto kTurn = std::chrono::milliseconds(10);
constexpr double kOnCpuMin = 0.9;
constexpr std::array<int, 2> kSockets{};
// What captures.SMALL asks for, and the port's own.
constexpr carp::net::Ipv4Address kAddress{0x0a000001};
constexpr carp::net::MacAddress kPortMac{{0x02, 0, 0, 0, 0, 0x01}};

[[nodiscard]] double thread_cpu_s() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

// What one of the two did in a turn.
struct Share {
  double cpu_s = 0;
  double on_cpu = 0;  // of the turn, 0 to 1
  uint64_t answers = 0;
};

struct Turn {
  Share giver;
  Share helper;
  // The giver's time is taken as it had it; a helper that is away, though, helps nobody.
  [[nodiscard]] bool counts() const {
    return giver.on_cpu >= kOnCpuMin / 2 && helper.on_cpu >= kOnCpuMin;
  }
  [[nodiscard]] double rate() const {
    return static_cast<double>(giver.answers + helper.answers) / giver.cpu_s;
  }
};

class Bench {
 public:
  Bench(carp::dpdk::Eal& eal, const carp::dpdk::WorkerConfig& config) : eal_(eal), config_(config) {
    const carp::dataplane::Slot slot{.mac = carp::net::virtual_mac(1),
                                     .source = carp::net::virtual_mac(1),
                                     .vhid = 1,
                                     .master = true};
    table_.add(0, kAddress, true, {&slot, 1});
    port_.start(pool_);
    const carp::dpdk::PortQueues queues{port_.id(), port_.queues()};
    topology_ = carp::dpdk::plan_topology({&queues, 1}, 2);
  }

  [[nodiscard]] Turn play(bool helped) {
    const carp::dpdk::Spread spread(carp::dpdk::plan_handovers(topology_), kSockets);
    std::array<carp::dpdk::Mailbox, 2> mailboxes{carp::dpdk::Mailbox(0, 0),
                                                 carp::dpdk::Mailbox(1, 0)};
    carp::dpdk::Worker giver(config_, topology_.workers[0], mailboxes[0],
                             helped ? spread.ends_of(0) : carp::dpdk::SpreadEnds{});
    // Without its own queue, which would never end either.
    carp::dpdk::Worker helper({}, {}, mailboxes[1], spread.ends_of(1));
    Turn turn;
    for (auto& mailbox : mailboxes)
      if (!mailbox.post(&table_)) return turn;
    launch(0, giver, turn.giver);
    launch(1, helper, turn.helper);
    std::this_thread::sleep_for(kTurn);
    giver.stop();
    helper.stop();
    eal_.wait();
    return turn;
  }

 private:
  void launch(size_t number, carp::dpdk::Worker& worker, Share& share) {
    eal_.launch(eal_.lcores()[number], [&worker, &share] {
      const auto start = Clock::now();
      const double cpu = thread_cpu_s();
      worker.run();
      const double wall = std::chrono::duration<double>(Clock::now() - start).count();
      share.cpu_s = thread_cpu_s() - cpu;
      share.on_cpu = share.cpu_s / wall;
      share.answers = worker.status().counters.of(Reason::arp_answered).get();
    });
  }

  carp::dpdk::Eal& eal_;
  carp::dpdk::WorkerConfig config_;
  carp::dpdk::MbufPool pool_{"handover", {.descriptors = 16384, .workers = 2}, 0};
  carp::dpdk::Port port_{{.name = "net_pcap0"}, 2};
  carp::dpdk::Topology topology_;
  carp::dataplane::LeaseBoard leases_;  // of none: the address is the host's own
  carp::dataplane::ForwardTable table_{
      1, leases_, {{.port = port_.id(), .vlan = carp::net::kUntagged, .mac = kPortMac}}};
};

[[nodiscard]] int run(carp::dpdk::Eal& eal, const carp::dpdk::WorkerConfig& config) {
  Bench bench(eal, config);
  std::vector<double> ratios;
  std::vector<double> shares;
  for (size_t tries = 0; ratios.size() < kTurns; ++tries) {
    if (tries == kTriesMax) {
      std::fprintf(stderr, "handover_rate: somebody else needs these CPUs\n");
      return 1;
    }
    const Turn alone = bench.play(false);
    const Turn helped = bench.play(true);
    if (!alone.counts() || !helped.counts()) continue;
    ratios.push_back(helped.rate() / alone.rate());
    shares.push_back(static_cast<double>(helped.helper.answers) /
                     static_cast<double>(helped.giver.answers + helped.helper.answers));
  }
  std::sort(ratios.begin(), ratios.end());
  std::sort(shares.begin(), shares.end());
  std::printf("helped=%.2f lowest=%.2f highest=%.2f share=%.2f\n", ratios[kTurns / 2],
              ratios.front(), ratios.back(), shares[kTurns / 2]);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 6) return 64;
  const std::string giver = argv[1];
  const std::string capture = argv[3];
  const bool always = std::string(argv[4]) == "always";
  const std::string transmit =
      std::string(argv[5]) == "slow" ? ",tx_pcap=/dev/null,tx_pcap=/dev/null" : "";
  try {
    carp::dpdk::Eal eal({"handover_rate", "--no-huge", "--no-pci", "--no-shconf", "--no-telemetry",
                         "-m", "256", "--file-prefix=carp-handover-" + std::to_string(getpid()),
                         "--lcores=0@" + giver + ",1@" + giver + ",2@" + argv[2],
                         "--log-level=lib.eal:warning",
                         "--vdev=net_pcap0,rx_pcap=" + capture + ",rx_pcap=" + capture + transmit +
                             ",infinite_rx=1"});
    carp::dpdk::WorkerConfig config;
    if (always) config.give_cycles = 0;
    return run(eal, config);
  } catch (const carp::dpdk::StartError& error) {
    std::fprintf(stderr, "handover_rate: %s\n", error.what());
    return 69;
  }
}
