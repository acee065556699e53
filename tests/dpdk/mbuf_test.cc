// SPDX-License-Identifier: BSD-3-Clause
#include "lib/dpdk/mbuf.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>

#include "lib/dpdk/mbuf_pool.h"
#include "lib/dpdk/start_error.h"
#include "tests/support/frames.h"

namespace carp::dpdk {
namespace {

constexpr PoolUse kSmall{.descriptors = 64};

net::Frame numbered(size_t size) {
  net::Frame frame(size);
  for (size_t i = 0; i < size; ++i) frame[i] = static_cast<uint8_t>(i);
  return frame;
}

TEST(Mbuf, CarriesAFrameThereAndBack) {
  MbufPool pool("m_copy", kSmall, 0);
  for (const size_t size : {size_t{0}, size_t{1}, size_t{60}, size_t{1522}}) {
    rte_mbuf* mbuf = mbuf_from(pool.handle(), numbered(size));
    ASSERT_NE(mbuf, nullptr);
    const net::Bytes bytes = frame_of(*mbuf);
    EXPECT_EQ(net::Frame(bytes.begin(), bytes.end()), numbered(size));
    rte_pktmbuf_free(mbuf);
  }
}

TEST(Mbuf, RefusesAFrameThatDoesNotFitAndGivesTheBufferBack) {
  MbufPool pool("m_long", kSmall, 0);
  EXPECT_EQ(mbuf_from(pool.handle(), numbered(5000)), nullptr);
  EXPECT_EQ(mbuf_from(pool.handle(), numbered(70'000)), nullptr);
  EXPECT_EQ(pool.available(), pool.size());
}

TEST(Mbuf, PutsTheTagBackBehindTheAddresses) {
  MbufPool pool("m_tag", kSmall, 0);
  rte_mbuf* mbuf = mbuf_from(pool.handle(), numbered(60));
  mbuf->vlan_tci = 0x2007;
  mbuf->ol_flags |= RTE_MBUF_F_RX_VLAN_STRIPPED;
  ASSERT_TRUE(restore_tag(mbuf));
  net::Frame expected = numbered(60);
  const std::array<uint8_t, 4> tag{0x81, 0x00, 0x20, 0x07};
  expected.insert(expected.begin() + 12, tag.begin(), tag.end());
  const net::Bytes bytes = frame_of(*mbuf);
  EXPECT_EQ(net::Frame(bytes.begin(), bytes.end()), expected);
  // Once is enough.
  ASSERT_TRUE(restore_tag(mbuf));
  EXPECT_EQ(frame_of(*mbuf).size(), 64U);
  rte_pktmbuf_free(mbuf);
}

TEST(Mbuf, LeavesAFrameWithoutRoomForItsTagAlone) {
  MbufPool pool("m_room", kSmall, 0);
  rte_mbuf* mbuf = mbuf_from(pool.handle(), numbered(60));
  ASSERT_NE(rte_pktmbuf_prepend(mbuf, rte_pktmbuf_headroom(mbuf)), nullptr);
  mbuf->ol_flags |= RTE_MBUF_F_RX_VLAN_STRIPPED;
  const size_t size = frame_of(*mbuf).size();
  EXPECT_FALSE(restore_tag(mbuf));
  EXPECT_EQ(frame_of(*mbuf).size(), size);
  rte_pktmbuf_free(mbuf);
}

TEST(MbufPool, FitsTheLargestFrame) {
  MbufPool pool("m_jumbo", {.descriptors = 16, .mtu = 9000}, 0);
  rte_mbuf* mbuf = mbuf_from(pool.handle(), numbered(9000 + 14 + 4));
  ASSERT_NE(mbuf, nullptr);
  rte_pktmbuf_free(mbuf);
}

// What net_af_xdp takes for granted: all mbufs lie within (number of mbufs) times (size of one).
TEST(MbufPool, DensePoolHasNoGaps) {
  MbufPool pool("m_dense", {.descriptors = 2048, .dense = true}, 0);
  struct Range {
    uintptr_t first = UINTPTR_MAX;
    uintptr_t last = 0;
  } range;
  const auto note = [](rte_mempool*, void* range_seen, void* mbuf, unsigned) {
    auto& seen = *static_cast<Range*>(range_seen);
    seen.first = std::min(seen.first, reinterpret_cast<uintptr_t>(mbuf));
    seen.last = std::max(seen.last, reinterpret_cast<uintptr_t>(mbuf));
  };
  ASSERT_EQ(rte_mempool_obj_iter(pool.handle(), note, &range), pool.size());
  const rte_mempool& handle = *pool.handle();
  const size_t step = handle.header_size + handle.elt_size + handle.trailer_size;
  EXPECT_EQ(range.last - range.first, (pool.size() - 1) * step);
}

TEST(MbufPool, SaysWhatIsMissing) {
  try {
    MbufPool pool("m_huge", {.descriptors = 40'000'000}, 0);
    FAIL() << "there can't be so much memory";
  } catch (const StartError& error) {
    EXPECT_EQ(error.code(), ExitCode::unavailable);
    EXPECT_NE(std::string(error.what()).find("m_huge"), std::string::npos);
  }
}

}  // namespace
}  // namespace carp::dpdk
