// SPDX-License-Identifier: BSD-3-Clause
//
// Ports whose device goes away while the program runs, and comes back: a kernel interface that was
// deleted and made again. A packet socket stays bound to the one that is gone, so the device around
// it is made anew as well.
#include <net/if.h>
#include <rte_dev.h>
#include <rte_devargs.h>
#include <rte_ethdev.h>

#include "lib/dpdk/port.h"
#include "lib/dpdk/start_error.h"

namespace carp::dpdk {
namespace {

constexpr const char* kBus = "vdev";

[[nodiscard]] StartError not_revived(const std::string& port, const std::string& why) {
  return {ExitCode::unavailable, "port=" + port + " event=not_revived error=\"" + why + '"'};
}

}  // namespace

// Only a --vdev on a kernel interface can be made anew, and hears all frames whatever its MAC.
void Port::remember_origin() {
  if (profile_.link != LinkSource::kernel) return;
  const rte_devargs* device = nullptr;
  RTE_EAL_DEVARGS_FOREACH(kBus, device) {
    if (config_.name != device->name) continue;
    kernel_name_ = kernel_name_of(if_index_);
    device_arguments_ = device->args == nullptr ? "" : device->args;
  }
}

Presence Port::presence() const {
  if (kernel_name_.empty())
    return removed_.load(std::memory_order_relaxed) ? Presence::gone : Presence::there;
  if (started_ && !kernel_name_of(if_index_).empty()) return Presence::there;
  return if_nametoindex(kernel_name_.c_str()) != 0 ? Presence::back : Presence::gone;
}

void Port::revive() {
  stop();
  if (is_open_) {
    const int result = rte_eal_hotplug_remove(kBus, name().c_str());
    if (result != 0) throw not_revived(name(), rte_strerror(-result));
    is_open_ = false;
  }
  const int result = rte_eal_hotplug_add(kBus, name().c_str(), device_arguments_.c_str());
  if (result != 0) throw not_revived(name(), rte_strerror(-result));
  dataplane::PortId id = 0;
  rte_eth_dev_info info{};
  if (rte_eth_dev_get_port_by_name(name().c_str(), &id) != 0 || id != id_ ||
      rte_eth_dev_info_get(id_, &info) != 0)
    throw not_revived(name(), "it has another number now; restart");
  is_open_ = true;
  if_index_ = info.if_index;
  start(*pool_);
}

}  // namespace carp::dpdk
