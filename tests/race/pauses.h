// SPDX-License-Identifier: BSD-3-Clause
//
// Random pauses, so that two threads meet in ever new orders: mostly none, often a yield, now and
// then long enough for the other thread to run for many rounds. From a seed; one object a thread.
#pragma once

#include <chrono>
#include <random>
#include <thread>

namespace carp::race {

class Pauses {
 public:
  explicit Pauses(unsigned seed) : random_(seed) {}

  [[nodiscard]] unsigned below(unsigned limit) { return random_() % limit; }

  void maybe() {
    const unsigned what = below(256);
    if (what == 0) return std::this_thread::sleep_for(std::chrono::microseconds(below(200)));
    if (what < 16) std::this_thread::yield();
  }

 private:
  std::minstd_rand random_;
};

}  // namespace carp::race
