// SPDX-License-Identifier: BSD-3-Clause
//
// Lets dpdk-dumpcap and dpdk-pdump copy the frames of our ports (I4.3): they ask by the EAL's own
// socket, and then hang callbacks onto our queues. Costs nothing until somebody asks. Control's
// thread only; main makes it after the EAL and destroys it before.
#pragma once

#include <string>

namespace carp::dpdk {

class Capture {
 public:
  Capture();
  ~Capture();
  Capture(const Capture&) = delete;
  Capture& operator=(const Capture&) = delete;

  // Why other programs cannot attach to this one, as a sentence for `show version`; empty where
  // they can.
  [[nodiscard]] const std::string& why_not() const noexcept { return why_not_; }

 private:
  std::string why_not_;
};

}  // namespace carp::dpdk
