// SPDX-License-Identifier: BSD-3-Clause
//
// DPDK's environment: memory, lcores, devices. One object for the life of the program, made by
// main before anything else of this folder and destroyed after everything else of it. Control's
// thread (the main lcore) only; `launch` is how another thread comes to run anything.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

namespace carp::dpdk {

// Every worker lcore gets a number from 0; what is shared out among workers has this many places.
inline constexpr unsigned kMaxWorkers = 16;

class Eal {
 public:
  // Starts the EAL. `arguments` are the program's name and the EAL options, without the `--` and
  // what follows it. Throws StartError: 64 for options that the EAL refuses, no worker lcore, or
  // more than kMaxWorkers; 77 where hugepages or devices may not be used; 69 where they are not
  // there. May be called once in the life of a process.
  explicit Eal(const std::vector<std::string>& arguments);
  // Waits for the lcores, then gives everything back. Ports are to be closed and workers told to
  // stop before.
  ~Eal();
  Eal(const Eal&) = delete;
  Eal& operator=(const Eal&) = delete;

  // The lcores of the workers: worker number N runs on lcores()[N]. Never empty.
  [[nodiscard]] std::span<const unsigned> lcores() const noexcept { return lcores_; }

  // Runs `job` on an lcore of `lcores()` that runs nothing. A job must not throw.
  void launch(unsigned lcore, std::function<void()> job);
  // Returns when no lcore runs anything any more.
  void wait();

 private:
  std::vector<unsigned> lcores_;
  std::vector<std::function<void()>> jobs_;  // by lcore; a worker lcore runs jobs_[its id]
};

}  // namespace carp::dpdk
