// SPDX-License-Identifier: BSD-3-Clause
#include "lib/dpdk/port.h"

#include <rte_ethdev.h>
#include <rte_lcore.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <utility>

#include "lib/dpdk/mac_filter.h"
#include "lib/dpdk/port_lookup.h"
#include "lib/dpdk/start_error.h"

namespace carp::dpdk {
namespace {

// Enough for 4 ms of the smallest frames at 100 Mbit/s, or for 35 us at 10 Gbit/s per queue.
constexpr uint16_t kRxDescriptors = 512;
constexpr uint16_t kTxDescriptors = 512;

[[nodiscard]] StartError failed(const std::string& port, const char* what, int error) {
  const bool denied = error == -EPERM || error == -EACCES;
  return {denied ? ExitCode::permission : ExitCode::unavailable,
          "port " + port + ": " + what + ": " + rte_strerror(-error) +
              (denied ? "; run as root, or give the capabilities" : "; see the lines above")};
}

[[nodiscard]] rte_eth_dev_info device_info(const std::string& name, dataplane::PortId id) {
  rte_eth_dev_info info{};
  const int result = rte_eth_dev_info_get(id, &info);
  if (result != 0) throw failed(name, "device information", result);
  return info;
}

// Pulled out; or, as a virtual function whose card was reset, of no use from now on.
constexpr std::array kRemovals = {RTE_ETH_EVENT_INTR_RMV, RTE_ETH_EVENT_INTR_RESET};

int on_removal(uint16_t, rte_eth_event_type, void* removed, void*) {
  static_cast<std::atomic<bool>*>(removed)->store(true, std::memory_order_relaxed);
  return 0;
}

// Several receive queues: let the device spread IP frames over them (echo requests; ARP is not
// hashed and comes in where the device likes it).
void spread(rte_eth_conf& conf, const rte_eth_dev_info& info) {
  conf.rxmode.mq_mode = RTE_ETH_MQ_RX_RSS;
  conf.rx_adv_conf.rss_conf.rss_hf =
      info.flow_type_rss_offloads & (RTE_ETH_RSS_IPV4 | RTE_ETH_RSS_FRAG_IPV4);
}

}  // namespace

Port::Port(const PortConfig& config, unsigned workers) : config_(config) {
  id_ = find_port(config.name);
  plan(workers);
  remember_origin();
  watch_removal();
}

Port::~Port() {
  for (const rte_eth_event_type event : kRemovals)
    rte_eth_dev_callback_unregister(id_, event, on_removal, &removed_);
  stop();
  if (is_open_) rte_eth_dev_close(id_);
}

void Port::plan(unsigned workers) {
  const rte_eth_dev_info info = device_info(name(), id_);
  profile_ = profile_of(info.driver_name);
  if (!profile_.known) {
    warnings_.push_back("port=" + name() + " driver=" + profile_.driver +
                        " event=unknown_driver: one queue, all frames received; describe it in "
                        "drivers-config");
  }
  if (info.max_rx_queues == 0 || info.max_tx_queues == 0) {
    throw StartError(ExitCode::unavailable,
                     "port " + name() + ": it has no queues to receive or to send on");
  }
  queues_ = plan_queues({info.max_rx_queues, info.max_tx_queues}, profile_, workers);
  if_index_ = info.if_index;
  if (profile_.hardware_queues) warn_if_deaf(info.max_rx_queues);
  const int socket = rte_eth_dev_socket_id(id_);
  socket_ = socket >= 0 ? socket : static_cast<int>(rte_socket_id());
  plan_sizes();
}

// A host that hears only some of the advertisements becomes a second MASTER.
void Port::warn_if_deaf(uint16_t heard_queues) {
  const unsigned queues = kernel_rx_queues(if_index_);
  if (queues <= heard_queues) return;
  warnings_.push_back("port=" + name() + " event=unheard_queues: the kernel interface has " +
                      std::to_string(queues) + " receive queues and " +
                      std::to_string(heard_queues) +
                      " are heard; set queue_count in the --vdev, or ethtool -L");
}

void Port::plan_sizes() {
  mtu_ = config_.mtu.value_or(RTE_ETHER_MTU);
  rx_descriptors_ = config_.rx_descriptors.value_or(kRxDescriptors);
  tx_descriptors_ = config_.tx_descriptors.value_or(kTxDescriptors);
  const int result = rte_eth_dev_adjust_nb_rx_tx_desc(id_, &rx_descriptors_, &tx_descriptors_);
  if (result != 0) throw failed(name(), "descriptors", result);
  warn_if_adjusted("rx_descriptors", config_.rx_descriptors, rx_descriptors_);
  warn_if_adjusted("tx_descriptors", config_.tx_descriptors, tx_descriptors_);
}

void Port::warn_if_adjusted(const char* what, std::optional<uint16_t> wanted, uint16_t got) {
  if (!wanted || *wanted == got) return;
  warnings_.push_back("port=" + name() + " event=adjusted " + what + "=" + std::to_string(got) +
                      " wanted=" + std::to_string(*wanted));
}

void Port::start(const MbufPool& pool) {
  assert(!started_);
  configure();
  set_up_queues(pool);
  const int result = rte_eth_dev_start(id_);
  if (result != 0) throw failed(name(), "start", result);
  started_ = true;
  // Tables and peers know a port by the MAC that it had first.
  if (std::exchange(pool_, &pool) == nullptr) {
    rte_ether_addr mac{};
    rte_eth_macaddr_get(id_, &mac);
    std::copy(std::begin(mac.addr_bytes), std::end(mac.addr_bytes), mac_.bytes.begin());
  }
  set_up_filter();
}

void Port::stop() noexcept {
  if (!started_) return;
  started_ = false;
  rte_eth_dev_stop(id_);
}

void Port::configure() {
  const rte_eth_dev_info info = device_info(name(), id_);
  rte_eth_conf conf{};  // no offloads, and link interrupts off: the link is polled (D16)
  conf.rxmode.mtu = mtu_;
  if (queues_.rx_queues > 1 && info.flow_type_rss_offloads != 0) spread(conf, info);
  int result = rte_eth_dev_configure(id_, queues_.rx_queues, queues_.tx_queues, &conf);
  if (result != 0) throw failed(name(), "queues and MTU", result);
  if (!config_.mtu) return;
  // Some drivers take the MTU from the configuration, some only when told so.
  result = rte_eth_dev_set_mtu(id_, mtu_);
  if (result != 0 && result != -ENOTSUP) throw failed(name(), "MTU", result);
}

void Port::set_up_queues(const MbufPool& pool) {
  const auto socket = static_cast<unsigned>(socket_);
  for (uint16_t queue = 0; queue < queues_.rx_queues; ++queue) {
    const int result =
        rte_eth_rx_queue_setup(id_, queue, rx_descriptors_, socket, nullptr, pool.handle());
    if (result != 0) throw failed(name(), "receive queue", result);
  }
  for (uint16_t queue = 0; queue < queues_.tx_queues; ++queue) {
    const int result = rte_eth_tx_queue_setup(id_, queue, tx_descriptors_, socket, nullptr);
    if (result != 0) throw failed(name(), "transmit queue", result);
  }
}

void Port::set_up_filter() {
  const rte_eth_dev_info info = device_info(name(), id_);
  const bool fits = config_.virtual_macs.size() < info.max_mac_addrs;
  filters_macs_ = wants_filter(config_.mac_filter, profile_.mac_table, fits);
  if (filters_macs_ && profile_.mac_table == MacTable::prunes) {
    warnings_.push_back("port=" + name() +
                        " event=mac_filter_prunes: this driver drops frames "
                        "with a virtual MAC as source; two hosts may both be MASTER");
  }
  if (filters_macs_) filters_macs_ = add_to_filter(id_, config_.virtual_macs);
  if (!filters_macs_) receive_all();
}

void Port::receive_all() {
  filters_macs_ = false;
  if (config_.mac_filter == MacFilter::on) {
    warnings_.push_back("port=" + name() +
                        " event=mac_filter_off: the device's filter does not "
                        "take the virtual MACs; all frames are received");
  }
  const int result = rte_eth_promiscuous_enable(id_);
  // Not supported by drivers that filter nothing anyway.
  if (result != 0 && result != -ENOTSUP) {
    warnings_.push_back("port=" + name() + " event=not_promiscuous error=\"" +
                        rte_strerror(-result) + "\": frames to virtual MACs may not come in");
  }
  rte_eth_allmulticast_enable(id_);  // for those that keep multicast apart; others refuse it
}

void Port::accept(const net::MacAddress& virtual_mac) {
  if (started_ && filters_macs_ && !add_to_filter(id_, {&virtual_mac, 1})) receive_all();
}

void Port::watch_removal() {
  // Refused by drivers that know no removal: nothing is lost then.
  for (const rte_eth_event_type event : kRemovals)
    rte_eth_dev_callback_register(id_, event, on_removal, &removed_);
}

PortStatistics Port::statistics() const {
  rte_eth_stats stats{};
  if (rte_eth_stats_get(id_, &stats) != 0) return {};
  return {.ipackets = stats.ipackets,
          .opackets = stats.opackets,
          .ibytes = stats.ibytes,
          .obytes = stats.obytes,
          .imissed = stats.imissed,
          .ierrors = stats.ierrors,
          .oerrors = stats.oerrors,
          .rx_nombuf = stats.rx_nombuf};
}

}  // namespace carp::dpdk
