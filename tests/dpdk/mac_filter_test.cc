// SPDX-License-Identifier: BSD-3-Clause
#include "lib/dpdk/mac_filter.h"

#include <gtest/gtest.h>

namespace carp::dpdk {
namespace {

// I2.2: automatic uses the filter only where it is known to do no harm and has room.
TEST(MacFilter, IsUsedWhereItIsSafe) {
  for (const bool fits : {false, true}) {
    EXPECT_EQ(wants_filter(MacFilter::automatic, MacTable::usable, fits), fits);
    EXPECT_FALSE(wants_filter(MacFilter::automatic, MacTable::refuses, fits));
    EXPECT_FALSE(wants_filter(MacFilter::automatic, MacTable::prunes, fits));
    for (const MacTable table : {MacTable::usable, MacTable::refuses, MacTable::prunes}) {
      EXPECT_TRUE(wants_filter(MacFilter::on, table, fits));
      EXPECT_FALSE(wants_filter(MacFilter::off, table, fits));
    }
  }
}

}  // namespace
}  // namespace carp::dpdk
