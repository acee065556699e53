// SPDX-License-Identifier: BSD-3-Clause
//
// The shell as one object: ports, pools, mailboxes, workers and the transmitter, made in the order
// in which they need each other and taken down in the reverse. Control's thread only.
#pragma once

#include <map>
#include <memory>
#include <span>
#include <vector>

#include "lib/dpdk/eal.h"
#include "lib/dpdk/host_thread.h"
#include "lib/dpdk/mailbox.h"
#include "lib/dpdk/mbuf_pool.h"
#include "lib/dpdk/port.h"
#include "lib/dpdk/spread.h"
#include "lib/dpdk/transmitter.h"
#include "lib/dpdk/worker.h"

namespace carp::dpdk {

// A kernel interface beside a port (I7.2).
struct HostConfig {
  std::string name;  // in the kernel
  HostKind kind = HostKind::tap;
  std::string port;  // as in the PortConfig
};

class Runtime {
 public:
  // Finds and starts all ports, makes the kernel interfaces and prepares one worker for each lcore
  // of `eal`, which must outlive the runtime. Throws StartError; what was started by then is closed
  // again.
  Runtime(Eal& eal, std::span<const PortConfig> ports, const WorkerConfig& workers,
          std::span<const HostConfig> hosts = {});
  ~Runtime();  // stop(), then closes the ports
  Runtime(const Runtime&) = delete;
  Runtime& operator=(const Runtime&) = delete;

  // Lets the workers run, each on its lcore.
  void launch();
  // Tells the workers to stop and waits until they have. After it nothing is received, and all
  // tables are control's again.
  void stop();

  // Makes a port anew whose device is back (Port::revive). All workers stand still for the
  // milliseconds that the kernel takes for it. Throws StartError; then nobody polls that port, and
  // it may be tried again. Requires: launched.
  void revive(Port& port);

  // In the order of the configuration. Two names of one ethdev are one port: `ports` of the
  // constructor must name each once.
  [[nodiscard]] std::span<const std::unique_ptr<Port>> ports() const noexcept { return ports_; }
  // By worker number, as the lcores of `eal`.
  [[nodiscard]] std::span<const std::unique_ptr<Worker>> workers() const noexcept {
    return workers_;
  }
  [[nodiscard]] std::span<const unsigned> lcores() const noexcept { return eal_.lcores(); }
  [[nodiscard]] std::span<const std::unique_ptr<Mailbox>> mailboxes() const noexcept {
    return mailboxes_;
  }
  [[nodiscard]] Transmitter& transmitter() noexcept { return *transmitter_; }
  // By HostId: the position among the hosts of the constructor.
  [[nodiscard]] std::span<const std::unique_ptr<HostOutbox>> host_outboxes() const noexcept {
    return host_ways_->outboxes();
  }
  // Requires: `host` is one of those.
  [[nodiscard]] const HostStatus& host_status(dataplane::HostId host) const {
    return host_thread_->status(host);
  }

 private:
  // Two for each socket, of frames from the wire and of frames that this host makes (control's and
  // its kernel's). A worker frees all that it sends; what it did not receive must not be among what
  // it uses next, or mbufs that two workers use come to lie side by side. A core fetches ahead:
  // then each takes the other's, though neither touches them.
  struct Pools {
    std::unique_ptr<MbufPool> received;
    std::unique_ptr<MbufPool> own;
  };

  void make_pools(const WorkerConfig& config);
  void make_host(const WorkerConfig& config, const Topology& topology,
                 std::span<const int> sockets);
  void make_workers(const WorkerConfig& config);
  void run_workers();
  void halt();
  [[nodiscard]] const Port& port_of(const HostConfig& host) const;

  Eal& eal_;
  std::vector<HostConfig> hosts_;
  // In the order of need: what stands later is destroyed first, so the ports are closed before
  // their pools go, and after the workers.
  std::map<int, Pools> pools_;  // by socket
  std::vector<std::unique_ptr<Port>> ports_;
  std::vector<std::unique_ptr<Mailbox>> mailboxes_;
  std::unique_ptr<Spread> spread_;
  std::unique_ptr<HostWays> host_ways_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::unique_ptr<Transmitter> transmitter_;
  std::unique_ptr<HostThread> host_thread_;  // null without kernel interfaces
  bool running_ = false;
};

}  // namespace carp::dpdk
