// SPDX-License-Identifier: BSD-3-Clause
#include "lib/dpdk/host_device.h"

#include "lib/dpdk/tap.h"
#include "lib/dpdk/virtio_user.h"

namespace carp::dpdk {

std::unique_ptr<HostDevice> open_host(const HostSpec& spec, const MbufPool& pool) {
  if (spec.kind == HostKind::virtio_user) return open_virtio_user(spec, pool);
  return std::make_unique<Tap>(spec, pool);
}

}  // namespace carp::dpdk
