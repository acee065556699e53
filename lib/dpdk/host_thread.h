// SPDX-License-Identifier: BSD-3-Clause
//
// The thread that carries frames between workers and kernel interfaces (I7.2). It decides nothing
// and knows no table: workers do (host_ways.h). All that enters the kernel is here, so no worker
// makes a system call for it, and a kernel that is slow holds up this thread alone (I7.3).
#pragma once

#include <pthread.h>

#include <atomic>
#include <memory>
#include <span>
#include <vector>

#include "lib/dataplane/counters.h"
#include "lib/dpdk/host_device.h"
#include "lib/dpdk/host_ways.h"
#include "lib/proto/time.h"

namespace carp::dpdk {

// A flood to one side holds up the other, or another interface, for one burst of it.
inline constexpr size_t kHostBurst = 32;
// The longest sleep where workers do not sleep; else theirs. A frame for the kernel that comes
// after a silence waits so long at most; what the kernel sends wakes the thread.
inline constexpr proto::Duration kHostSleep{100};

// What the thread tells of one kernel interface: it writes, others read relaxed.
struct alignas(64) HostStatus {
  dataplane::Counter to_host;     // frames that the kernel took
  dataplane::Counter refused;     // frames that it did not take: its interface is down
  dataplane::Counter from_host;   // frames that it sent
  dataplane::Counter too_long;    // frames that it sent and the port's MTU forbids: dropped
  dataplane::Counter no_buffer;   // a frame stayed with the kernel for want of an mbuf
  dataplane::Counter reopened;    // the interface had been deleted and is back
  std::atomic<bool> gone{false};  // somebody has deleted it
};

class HostThread {
 public:
  // `devices` by HostId, as the outboxes of `ways`, which must outlive the thread.
  HostThread(std::vector<std::unique_ptr<HostDevice>> devices, HostWays& ways,
             proto::Duration longest_sleep = kHostSleep);
  ~HostThread();  // stops it
  HostThread(const HostThread&) = delete;
  HostThread& operator=(const HostThread&) = delete;

  // Runs on the CPUs that no lcore has, where there are any. Throws StartError. Requires: the EAL
  // is started; not started yet.
  void start();
  // Returns when it has ended.
  void stop() noexcept;
  // One round over all rings and interfaces; true where there was anything. For tests, and the
  // thread.
  bool poll_once() noexcept;

  // By HostId.
  [[nodiscard]] const HostStatus& status(dataplane::HostId host) const { return *statuses_[host]; }

 private:
  static void* run(void* thread) noexcept;
  bool carry_in(SpscRing<HostFrame>& ring) noexcept;
  bool carry_out(size_t host) noexcept;
  void look_after(size_t host) noexcept;
  void wait(uint32_t empty_polls) noexcept;

  std::vector<std::unique_ptr<HostDevice>> devices_;
  std::vector<std::unique_ptr<HostStatus>> statuses_;
  HostWays& ways_;
  proto::Duration longest_sleep_;
  dataplane::Ticks reopen_from_ = 0;
  pthread_t thread_{};
  bool started_ = false;
  std::atomic<bool> running_{false};
};

}  // namespace carp::dpdk
