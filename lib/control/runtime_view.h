// SPDX-License-Identifier: BSD-3-Clause
//
// What `show` needs of the shell: workers, ports and versions, copied by the loop at the moment of
// the question. Plain values, so that commands and show stay pure.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "lib/control/histogram.h"
#include "lib/dataplane/host_reason.h"
#include "lib/dataplane/reason.h"
#include "lib/dataplane/table.h"

namespace carp::control {

struct WorkerView {
  unsigned lcore = 0;
  uint64_t received = 0;                                      // frames
  std::array<uint64_t, dataplane::kReasonCount> by_reason{};  // frames
  uint64_t handed_over = 0;                                   // frames, to other workers
  double busy = 0;                                            // 0 to 1, since the last question
  uint64_t table_generation = 0;
  bool stalled = false;             // has not polled for a while
  std::vector<std::string> queues;  // "net_af_packet0 rx 0"
};

struct PortView {
  dataplane::PortId port = 0;
  std::string driver;
  uint64_t ipackets = 0;
  uint64_t opackets = 0;
  uint64_t imissed = 0;
  uint64_t oerrors = 0;
  uint16_t rx_queues = 0;
  uint16_t tx_queues = 0;
  bool control_tx_own = false;  // else control's frames go by a worker's queue
  std::string link_watch;       // how the link is watched: "driver", "kernel interface vethA"
};

// One kernel interface beside a port (I7.2), in frames.
struct HostView {
  uint64_t to_host = 0;                                           // that the kernel took
  uint64_t from_host = 0;                                         // that it sent
  std::array<uint64_t, dataplane::kHostReasonCount> by_reason{};  // what became of those
  uint64_t refused = 0;                                           // that the kernel did not take
  uint64_t too_long = 0;       // that it sent and the MTU forbids
  uint64_t no_buffer = 0;      // that stayed with it for want of a buffer
  uint64_t transmit_full = 0;  // that the port did not take
  uint64_t reopened = 0;       // times that it was deleted and made anew
  bool gone = false;           // it is deleted just now
};

struct RuntimeView {
  std::vector<WorkerView> workers;
  std::vector<PortView> ports;
  std::vector<HostView> hosts;         // by HostId
  uint64_t host_healed = 0;            // settings of them that somebody changed, put right
  uint64_t host_settings_refused = 0;  // by the kernel
  std::vector<std::string> versions;   // "dpdk-carp 0.1.0", "DPDK 22.11.11", "OpenSSL 3.0.19"
  Histogram late_adverts;              // how long after they were due advertisements left control
  Histogram switch_times;              // from a decision until all workers answered by its table
  std::vector<std::string> notes;      // for `show version`: what does not work here and why
};

}  // namespace carp::control
