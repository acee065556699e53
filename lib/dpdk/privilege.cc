// SPDX-License-Identifier: BSD-3-Clause
#include "lib/dpdk/privilege.h"

#include <linux/capability.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>

namespace carp::dpdk {
namespace {

[[nodiscard]] bool has(unsigned capability) noexcept {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> sets{};
  if (syscall(SYS_capget, &header, sets.data()) != 0) return false;
  return (sets[CAP_TO_INDEX(capability)].effective & CAP_TO_MASK(capability)) != 0;
}

}  // namespace

bool may_administer_system() noexcept { return has(CAP_SYS_ADMIN); }

bool may_administer_network() noexcept { return has(CAP_NET_ADMIN) && has(CAP_NET_RAW); }

}  // namespace carp::dpdk
