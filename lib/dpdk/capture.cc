// SPDX-License-Identifier: BSD-3-Clause
#include "lib/dpdk/capture.h"

#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_pdump.h>

namespace carp::dpdk {
namespace {

int answer_nobody(const rte_mp_msg*, const void*) { return 0; }

// Whether the EAL has the socket by which other programs ask. rte_pdump_init does not say: it calls
// a missing one success.
[[nodiscard]] bool has_socket() {
  constexpr const char* kProbe = "carp_capture_probe";
  if (rte_mp_action_register(kProbe, answer_nobody) != 0) return false;
  rte_mp_action_unregister(kProbe);
  return true;
}

[[nodiscard]] std::string find_obstacle() {
  const std::string what = "dpdk-dumpcap and dpdk-proc-info cannot attach: ";
  if (rte_eal_has_hugepages() == 0)
    return what + "without hugepages (--no-huge) no memory is shared with them";
  if (!has_socket())
    return what + "the EAL shares no files (--no-shconf or --in-memory); start without these";
  return {};
}

}  // namespace

Capture::Capture() : why_not_(find_obstacle()) {
  if (!why_not_.empty()) return;
  if (rte_pdump_init() != 0)
    why_not_ = std::string("dpdk-dumpcap cannot attach: ") + rte_strerror(rte_errno);
}

Capture::~Capture() {
  if (why_not_.empty()) rte_pdump_uninit();
}

}  // namespace carp::dpdk
