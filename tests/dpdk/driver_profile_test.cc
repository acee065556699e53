// SPDX-License-Identifier: BSD-3-Clause
#include "lib/dpdk/driver_profile.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace carp::dpdk {
namespace {

TEST(DriverProfile, ReadsEveryKey) {
  const auto profile = parse_profile("net_x",
                                     "# a comment\n"
                                     "\n"
                                     "queues_max = 4   # another\n"
                                     "receive=all\r\n"
                                     "  equal_queues =yes\n"
                                     "link = kernel\n"
                                     "mac_table = prunes");
  ASSERT_TRUE(profile.ok()) << profile.error();
  EXPECT_EQ(profile.value().driver, "net_x");
  EXPECT_TRUE(profile.value().known);
  EXPECT_EQ(profile.value().queues_max, 4);
  EXPECT_EQ(profile.value().receive, ReceiveQueues::all);
  EXPECT_TRUE(profile.value().equal_queues);
  EXPECT_EQ(profile.value().link, LinkSource::kernel);
  EXPECT_EQ(profile.value().mac_table, MacTable::prunes);
}

TEST(DriverProfile, WhatIsNotSaidIsTheSafeDefault) {
  const auto profile = parse_profile("net_x", "");
  ASSERT_TRUE(profile.ok());
  EXPECT_EQ(profile.value().queues_max, 1);
  EXPECT_EQ(profile.value().receive, ReceiveQueues::workers);
  EXPECT_FALSE(profile.value().equal_queues);
  EXPECT_EQ(profile.value().link, LinkSource::driver);
  EXPECT_EQ(profile.value().mac_table, MacTable::refuses);
}

struct Fault {
  const char* text;
  const char* error;
};

TEST(DriverProfile, NamesTheLineOfAFault) {
  for (const Fault& row : {
           Fault{"link = kernel\nqueues_max", "2: no `key = value`: queues_max"},
           Fault{"queue = 1", "1: unknown key queue"},
           Fault{"\n\nqueues_max = 0", "3: bad value for queues_max: 0"},
           Fault{"queues_max = 70000", "1: bad value for queues_max: 70000"},
           Fault{"queues_max = 4x", "1: bad value for queues_max: 4x"},
           Fault{"receive = some", "1: bad value for receive: some"},
           Fault{"equal_queues = true", "1: bad value for equal_queues: true"},
           Fault{"link =", "1: bad value for link: "},
           Fault{"mac_table = Usable", "1: bad value for mac_table: Usable"},
       }) {
    const auto profile = parse_profile("net_x", row.text);
    ASSERT_FALSE(profile.ok()) << row.text;
    EXPECT_EQ(profile.error(), row.error);
  }
}

TEST(DriverProfile, EveryEmbeddedFileIsRightAndSorted) {
  const auto files = profile_files();
  EXPECT_GE(files.size(), 15U);
  EXPECT_TRUE(std::is_sorted(files.begin(), files.end(),
                             [](const auto& a, const auto& b) { return a.driver < b.driver; }));
  for (const ProfileFile& file : files) {
    const auto profile = parse_profile(file.driver, file.text);
    EXPECT_TRUE(profile.ok()) << file.driver << ": " << profile.error();
  }
}

TEST(DriverProfile, KnowsWhatTheDesignNames) {
  EXPECT_EQ(profile_of("net_af_packet").link, LinkSource::kernel);
  EXPECT_EQ(profile_of("net_af_packet").receive, ReceiveQueues::all);
  EXPECT_EQ(profile_of("net_af_xdp").link, LinkSource::kernel);
  EXPECT_TRUE(profile_of("net_tap").equal_queues);
  EXPECT_TRUE(profile_of("net_af_xdp").dense_pool);
  EXPECT_TRUE(profile_of("net_af_xdp").hardware_queues);
  EXPECT_FALSE(profile_of("net_af_packet").dense_pool);
  EXPECT_EQ(profile_of("net_tap").link, LinkSource::driver);
  for (const char* driver : {"net_i40e", "net_ice", "net_iavf"}) {
    EXPECT_EQ(profile_of(driver).mac_table, MacTable::prunes) << driver;
  }
  EXPECT_EQ(profile_of("net_ixgbe").mac_table, MacTable::usable);
}

// The names are those of rte_eth_dev_info: where DPDK has an alias for --vdev, that is not one.
TEST(DriverProfile, DescribesTheDriversByTheirOwnNames) {
  for (const char* driver :
       {"mlx5_pci", "net_af_packet", "net_af_xdp", "net_bnxt", "net_e1000_em", "net_ena",
        "net_e1000_igb", "net_i40e", "net_iavf", "net_ice", "net_igc", "net_ixgbe", "net_pcap",
        "net_tap", "net_virtio", "net_memif", "net_virtio_user", "net_vmxnet3"}) {
    EXPECT_TRUE(profile_of(driver).known) << driver;
  }
  EXPECT_FALSE(profile_of("virtio_user").known);
}

TEST(DriverProfile, AnUnknownDriverIsKnownToBeUnknown) {
  const DriverProfile profile = profile_of("net_nobody_heard_of");
  EXPECT_FALSE(profile.known);
  EXPECT_EQ(profile.driver, "net_nobody_heard_of");
  EXPECT_EQ(profile.queues_max, 1);
}

}  // namespace
}  // namespace carp::dpdk
