// SPDX-License-Identifier: BSD-3-Clause
//
// Keeps kernel interfaces as control wants them (I7.2): MAC, MTU, carrier, own addresses, and
// shared ones while MASTER. What somebody else changes is found, said, counted and put right again.
// A thread of its own, for the kernel may make it wait; control says what it wants and goes on.
#pragma once

#include <atomic>
#include <cstdint>
#include <thread>
#include <vector>

#include "lib/control/host_plan.h"

namespace carp::control {

class HostKeeper {
 public:
  // Throws StartError (69) where the kernel has no rtnetlink for us. Requires: called before the
  // EAL ties this thread to a core, or the keeper would run there too.
  HostKeeper();
  ~HostKeeper();  // ends the thread; the interfaces stay as they are
  HostKeeper(const HostKeeper&) = delete;
  HostKeeper& operator=(const HostKeeper&) = delete;

  // From now on they shall be like this. Never blocks. Control only.
  void want(std::vector<HostWish> wishes);

  // What was found different from what had been wanted and set, and put right. Any thread.
  [[nodiscard]] uint64_t healed() const noexcept { return healed_.load(std::memory_order_relaxed); }
  // What the kernel refused. Any thread.
  [[nodiscard]] uint64_t refused() const noexcept {
    return refused_.load(std::memory_order_relaxed);
  }

 private:
  void run();
  void wake() noexcept;

  // The newest that the thread has not taken yet.
  std::atomic<std::vector<HostWish>*> wanted_{nullptr};
  std::atomic<bool> ending_{false};
  std::atomic<uint64_t> healed_{0};
  std::atomic<uint64_t> refused_{0};
  int event_;  // an eventfd that control writes and the thread reads
  std::thread thread_;
};

}  // namespace carp::control
