// SPDX-License-Identifier: BSD-3-Clause
//
// A network port: an ethdev, found by name, set up for this program, started and closed. What
// drivers differ in ends here (driver_profile). Control's thread only; workers know a port by its
// number and queues.
#pragma once

#include <atomic>
#include <optional>
#include <string>
#include <vector>

#include "lib/dpdk/driver_profile.h"
#include "lib/dpdk/mbuf_pool.h"
#include "lib/dpdk/topology.h"
#include "lib/net/address.h"

namespace carp::dpdk {

enum class MacFilter : uint8_t { automatic, on, off };

struct PortConfig {
  std::string name;  // a PCI address (0000:01:00.0 or 01:00.0), or the name of a --vdev
  std::optional<uint16_t> mtu;
  std::optional<uint16_t> rx_descriptors;
  std::optional<uint16_t> tx_descriptors;
  MacFilter mac_filter = MacFilter::automatic;
  std::vector<net::MacAddress> virtual_macs;  // of the vhosts on this port
};

struct LinkState {
  bool up = false;
  uint32_t speed_mbps = 0;  // 0: unknown
};

// Whether there is a device to a port.
enum class Presence : uint8_t {
  there,
  gone,  // pulled out or reset; or the kernel interface behind the port was deleted
  back,  // there is a kernel interface of that name again: `revive` may succeed
};

struct PortStatistics {
  uint64_t ipackets = 0;
  uint64_t opackets = 0;
  uint64_t ibytes = 0;
  uint64_t obytes = 0;
  uint64_t imissed = 0;  // the device had no descriptor free
  uint64_t ierrors = 0;
  uint64_t oerrors = 0;
  uint64_t rx_nombuf = 0;  // the mbuf pool was empty
};

class Port {
 public:
  // Finds the port and plans its queues and descriptors; changes nothing on the device. Throws
  // StartError (69) naming the ports there are, where it is not there.
  Port(const PortConfig& config, unsigned workers);
  ~Port();  // stops and closes it
  Port(const Port&) = delete;
  Port& operator=(const Port&) = delete;

  // Sets up queues, MTU and filter and starts the device; receive queues take their mbufs from
  // `pool`, which must outlive the port. Throws StartError. Requires: not started.
  void start(const MbufPool& pool);
  // Frames are no longer received or sent. Requires: no worker polls its queues any more.
  void stop() noexcept;

  [[nodiscard]] Presence presence() const;
  // Makes the port anew around the kernel interface that is back, with the number, queues and MAC
  // that it had: what was sent to that MAC comes in, for all frames are received. Throws
  // StartError; the port is then stopped, and `revive` may be called again. Requires: as for
  // stop().
  void revive();
  // The kernel interface behind the port as it was at first; empty where there is none, or the
  // driver needs none to come back.
  [[nodiscard]] const std::string& kernel_name() const noexcept { return kernel_name_; }

  [[nodiscard]] dataplane::PortId id() const noexcept { return id_; }
  [[nodiscard]] const std::string& name() const noexcept { return config_.name; }  // as configured
  [[nodiscard]] const std::string& driver() const noexcept { return profile_.driver; }
  [[nodiscard]] const net::MacAddress& mac() const noexcept { return mac_; }
  [[nodiscard]] int socket() const noexcept { return socket_; }  // of memory; never negative
  [[nodiscard]] const QueuePlan& queues() const noexcept { return queues_; }
  [[nodiscard]] uint16_t mtu() const noexcept { return mtu_; }
  [[nodiscard]] uint16_t rx_descriptors() const noexcept { return rx_descriptors_; }
  [[nodiscard]] uint16_t tx_descriptors() const noexcept { return tx_descriptors_; }
  [[nodiscard]] bool needs_dense_pool() const noexcept { return profile_.dense_pool; }
  // True where a filter with virtual MACs would drop a peer's frames (I2.2), in use or not.
  [[nodiscard]] bool filter_prunes() const noexcept {
    return profile_.mac_table == MacTable::prunes;
  }
  // True where virtual MACs are in the filter, false where all frames are received.
  [[nodiscard]] bool filters_macs() const noexcept { return filters_macs_; }
  // Things to tell the operator, each one log line: unknown driver, clipped descriptors, ...
  [[nodiscard]] const std::vector<std::string>& warnings() const noexcept { return warnings_; }

  // Receive frames for this MAC too: a vhost has come since the start. Does nothing where all
  // frames are received; where the filter takes no more, all are from now on.
  void accept(const net::MacAddress& virtual_mac);

  // Polls the link by the way that the driver's profile names (D16); a device that was pulled out
  // is down. Never blocks.
  [[nodiscard]] LinkState link() const;
  // That way in words: "driver", "kernel interface eth0", "none".
  [[nodiscard]] std::string link_watch() const;
  [[nodiscard]] PortStatistics statistics() const;

 private:
  void plan(unsigned workers);
  void plan_sizes();
  void warn_if_adjusted(const char* what, std::optional<uint16_t> wanted, uint16_t got);
  void configure();
  void set_up_queues(const MbufPool& pool);
  void set_up_filter();
  void receive_all();
  void watch_removal();
  void remember_origin();
  void warn_if_deaf(uint16_t heard_queues);

  PortConfig config_;
  DriverProfile profile_;
  std::vector<std::string> warnings_;
  net::MacAddress mac_;
  QueuePlan queues_;
  const MbufPool* pool_ = nullptr;  // since the first start
  std::string kernel_name_;
  std::string device_arguments_;  // of the --vdev
  dataplane::PortId id_ = 0;
  int socket_ = 0;
  unsigned if_index_ = 0;  // of the kernel interface behind the port; 0: none
  uint16_t mtu_ = 1500;
  uint16_t rx_descriptors_ = 0;
  uint16_t tx_descriptors_ = 0;
  bool filters_macs_ = false;
  bool started_ = false;
  bool is_open_ = true;               // false: a revival got no further than closing the old device
  std::atomic<bool> removed_{false};  // written by the EAL's interrupt thread
};

// How many receive queues a kernel interface has; 0 where it is not there.
[[nodiscard]] unsigned kernel_rx_queues(unsigned if_index);

// True where the kernel interface has carrier; false also where it is no longer there.
[[nodiscard]] bool kernel_carrier(unsigned if_index);

// The name of a kernel interface; empty where it is not there.
[[nodiscard]] std::string kernel_name_of(unsigned if_index);

}  // namespace carp::dpdk
