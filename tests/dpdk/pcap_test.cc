// SPDX-License-Identifier: BSD-3-Clause
//
// A whole device other than net_ring: frames come from a capture file, answers go to another.
#include <gtest/gtest.h>
#include <rte_dev.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <fstream>

#include "tests/dpdk/scene.h"
#include "tests/support/frame_matcher.h"

namespace carp::dpdk {
namespace {

struct FileHeader {
  uint32_t magic = 0xa1b2c3d4;
  uint16_t major = 2;
  uint16_t minor = 4;
  uint32_t zone = 0;
  uint32_t accuracy = 0;
  uint32_t longest = 65535;
  uint32_t link_type = 1;  // Ethernet
};

struct RecordHeader {
  uint32_t seconds = 0;
  uint32_t microseconds = 0;
  uint32_t captured = 0;
  uint32_t original = 0;
};

template <typename T>
void put(std::ofstream& file, const T& value) {
  file.write(reinterpret_cast<const char*>(&value), sizeof(value));
}

void write_capture(const std::string& path, const std::vector<net::Frame>& frames) {
  std::ofstream file(path, std::ios::binary);
  put(file, FileHeader{});
  for (const net::Frame& frame : frames) {
    const auto size = static_cast<uint32_t>(frame.size());
    put(file, RecordHeader{.captured = size, .original = size});
    file.write(reinterpret_cast<const char*>(frame.data()), size);
  }
}

std::vector<net::Frame> read_capture(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  FileHeader head;
  file.read(reinterpret_cast<char*>(&head), sizeof(head));
  std::vector<net::Frame> frames;
  RecordHeader record;
  while (file.read(reinterpret_cast<char*>(&record), sizeof(record))) {
    frames.emplace_back(record.captured);
    file.read(reinterpret_cast<char*>(frames.back().data()), record.captured);
  }
  return frames;
}

TEST(Pcap, AnswersFromOneFileIntoAnother) {
  const std::string prefix = testing::TempDir() + "carp_" + std::to_string(getpid());
  const std::string in = prefix + "_in.pcap";
  const std::string out = prefix + "_out.pcap";
  write_capture(in, {request_frame(), advert_frame(), request_frame(kVlan)});
  const std::string arguments = "rx_pcap=" + in + ",tx_pcap=" + out;
  ASSERT_EQ(rte_eal_hotplug_add("vdev", "net_pcap0", arguments.c_str()), 0);
  {
    MbufPool pool("pcap", {.descriptors = 2048}, 0);
    Port port({.name = "net_pcap0"}, 1);
    port.start(pool);
    EXPECT_TRUE(port.link().up);
    EXPECT_EQ(port.queues(), (QueuePlan{1, 1, 1, false}));
    dataplane::LeaseBoard leases;
    dataplane::ForwardTable table(
        1, leases, {{port.id(), net::kUntagged, kPortMac}, {port.id(), kVlan, kPortMac}});
    const dataplane::Slot slot{
        .mac = net::virtual_mac(1), .source = net::virtual_mac(1), .vhid = 1, .master = true};
    table.add(0, kSharedIp, true, {&slot, 1});
    table.add(1, kSharedIp, true, {&slot, 1});
    Mailbox mailbox(0, 0);
    ASSERT_TRUE(mailbox.post(&table));
    const OwnedQueue queue{port.id(), 0, 0};
    Worker worker({}, {&queue, 1}, mailbox);
    worker.poll_once();
    EXPECT_EQ(worker.status().counters.received.get(), 3U);
    EXPECT_EQ(mailbox.take_adverts(10, [](dataplane::PortId, net::ConstBytes) {}), 1U);
    EXPECT_EQ(pool.available(), pool.size());
  }
  rte_eal_hotplug_remove("vdev", "net_pcap0");
  const auto answers = read_capture(out);
  ASSERT_EQ(answers.size(), 2U);
  EXPECT_TRUE(support::same_frame(answers[0], reply_frame()));
  EXPECT_TRUE(support::same_frame(answers[1], reply_frame(kVlan)));
  std::remove(in.c_str());
  std::remove(out.c_str());
}

}  // namespace
}  // namespace carp::dpdk
