// SPDX-License-Identifier: BSD-3-Clause
//
// Starts the EAL once for all tests of this folder: a process can't start it twice. Three lcores
// on one CPU, so that it runs anywhere.
#include <gtest/gtest.h>
#include <unistd.h>

#include <optional>

#include "lib/dpdk/eal.h"
#include "tests/dpdk/eal_under_test.h"

namespace carp::dpdk {
namespace {

std::optional<Eal> eal;

}  // namespace

Eal& eal_under_test() { return *eal; }

}  // namespace carp::dpdk

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  carp::dpdk::eal.emplace(std::vector<std::string>{
      "dpdk_test", "--no-huge", "--no-pci", "--no-shconf", "--no-telemetry", "-m", "256",
      "--file-prefix=carp-test-" + std::to_string(getpid()), "--lcores=(0-2)@0",
      "--log-level=lib.eal:warning"});
  const int result = RUN_ALL_TESTS();
  carp::dpdk::eal.reset();
  return result;
}
