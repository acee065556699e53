// SPDX-License-Identifier: BSD-3-Clause
//
// A good advertisement with every one of its bits flipped, and cut after every one of its bytes, on
// its way through the worker and the engine. The table says what each field is protected by and
// what flips that somebody mended the checksums for can do: it is the list of what is not
// authenticated (C45).
#include <gtest/gtest.h>

#include "lib/net/checksum.h"
#include "tests/control/counts.h"
#include "tests/control/engine_rig.h"
#include "tests/control/neighbour.h"

namespace carp::control {
namespace {

using std::chrono::milliseconds;

constexpr size_t kIp = 14;
constexpr size_t kCarp = kIp + 20;

// What becomes of a frame. Beside these: the name of the counter that it moves.
constexpr std::string_view kDropped = "dropped";  // by the worker; control never sees it
constexpr std::string_view kSame = "same";        // accepted, and all is as after the good one
constexpr std::string_view kSource = "source";    // accepted, but as another host's
constexpr std::string_view kPace = "pace";        // accepted, but with another advbase or advskew

struct Field {
  const char* name;
  const char* clause;
  size_t first, last;  // bytes of the frame
  uint8_t bits;        // of each of them
  std::string_view flipped;
  std::string_view mended;  // IP and CARP checksums are right again
};

const Field kFields[] = {
    {"group bit of the destination MAC", "C1", 0, 0, 0x01, kDropped, kDropped},
    {"rest of the destination MAC", "C141", 0, 0, 0xfe, kSame, kSame},
    {"destination MAC", "C141", 1, 5, 0xff, kSame, kSame},
    {"source MAC", "C3", 6, 11, 0xff, kSame, kSame},
    {"ether type", "C2", 12, 13, 0xff, kDropped, kDropped},
    {"version, header shorter than five words", "C93", 14, 14, 0xf5, kDropped, kDropped},
    {"header longer: no room for CARP", "C95", 14, 14, 0x0a, kDropped, "badlen"},
    {"type of service", "C6", 15, 15, 0xff, kDropped, kSame},
    {"total length beyond the frame", "C93", 16, 16, 0xff, kDropped, kDropped},
    {"total length beyond the frame", "C93", 17, 17, 0xc7, kDropped, kDropped},
    {"total length below 56", "C95", 17, 17, 0x38, kDropped, "badlen"},
    {"identification", "C6", 18, 19, 0xff, kDropped, kSame},
    {"reserved, don't fragment", "C6", 20, 20, 0xc0, kDropped, kSame},
    {"more fragments, offset", "C93", 20, 20, 0x3f, kDropped, kDropped},
    {"offset", "C93", 21, 21, 0xff, kDropped, kDropped},
    {"TTL", "C94", 22, 22, 0xff, kDropped, "badttl"},
    {"protocol", "C5", 23, 23, 0xff, kDropped, kDropped},
    {"header checksum", "C93", 24, 25, 0xff, kDropped, kSame},
    {"source address", "C45", 26, 29, 0xff, kDropped, kSource},
    {"destination address", "C101", 30, 33, 0xff, kDropped, kSame},
    {"version, type", "C98 D15", 34, 34, 0xff, "badsum", "badver"},
    {"vhid", "C97", 35, 35, 0xff, "badsum", "badvhid"},
    {"advskew", "C45", 36, 36, 0xff, "badsum", kPace},
    {"authlen", "D15", 37, 37, 0xff, "badsum", "badlen"},
    {"demotion byte, not looked at", "C15 C77", 38, 38, 0xff, "badsum", kSame},
    {"advbase", "C45", 39, 39, 0xff, "badsum", kPace},
    {"CARP checksum", "C96", 40, 41, 0xff, "badsum", kSame},
    {"counter", "C36", 42, 49, 0xff, "badsum", "badauth"},
    {"digest", "C99", 50, 69, 0xff, "badsum", "badauth"},
};

void mend(net::Frame& frame) {
  const auto mend_at = [&frame](size_t begin, size_t size, size_t field) {
    auto* checksum = net::view_at<net::Be16>(net::Bytes(frame), field);
    *checksum = net::Be16(0);
    *checksum = net::internet_checksum(net::ConstBytes(frame).subspan(begin, size));
  };
  mend_at(kCarp, 36, kCarp + 6);
  mend_at(kIp, (frame[kIp] & 15) * 4u, kIp + 10);
}

// A BACKUP that was advertised to a second ago, so that restarting its timer is seen.
class Damage : public testing::Test {
 protected:
  const proto::VhostConfig carp0 = vhost("carp0", 1, "192.168.1.50/24", {1, 100});

  [[nodiscard]] EngineRig backup(uint16_t vlan = 0) {
    Config config = lan_config({carp0});
    config.interfaces[0].vlan = vlan;
    EngineRig rig(std::move(config));
    rig.start();
    rig.run(milliseconds(10));
    return rig;
  }
  [[nodiscard]] net::Frame good(uint16_t vlan = 0) {
    return Neighbour(carp0, "192.168.1.4", vlan).advert({1, 0});
  }

  // Everything that an advertisement could change, but for who sent it.
  [[nodiscard]] static auto trace_of(const EngineRig& rig) {
    const VhostEntry& entry = rig.entry();
    return std::tuple(entry.vhost.state, entry.vhost.deadline, entry.master_heard_until,
                      entry.transitions, entry.replay.highest());
  }

  // One of the words of the table, or what moved where it is none of them.
  [[nodiscard]] std::string outcome_of(const net::Frame& frame) {
    EngineRig rig = backup();
    const auto untouched = trace_of(rig);
    rig.receive(0, frame);
    rig.pass();
    const Counts counts = counts_of(rig.engine().statistics());
    const bool changed = trace_of(rig) != untouched || !rig.entry().master.is_unspecified();
    if (rig.dropped_of_inbox == 1 && counts.empty() && !changed) return std::string(kDropped);
    if (counts == Counts{{"ipackets", 1}}) return accepted(rig);
    for (const auto& [name, count] : counts)
      if (name != "ipackets" && !changed && counts == Counts{{"ipackets", 1}, {name, 1}})
        return name;
    return "a refusal that changes something";
  }

 private:
  [[nodiscard]] std::string accepted(EngineRig& rig) {
    EngineRig undamaged = backup();
    undamaged.receive(0, good());
    undamaged.pass();
    const auto& peers = rig.engine().peers().all();
    if (peers.size() != 1 || !peers[0].accepted) return "accepted, but of no peer";
    if (peers[0].pace != proto::Pace{1, 0}) return std::string(kPace);
    if (trace_of(rig) != trace_of(undamaged)) return "accepted, with another effect";
    return std::string(to_string(peers[0].source) == "192.168.1.4" ? kSame : kSource);
  }
};

TEST_F(Damage, TheTableHasEveryBitOnce) {
  std::map<size_t, unsigned> covered;
  for (const Field& field : kFields)
    for (size_t byte = field.first; byte <= field.last; ++byte) {
      EXPECT_EQ(covered[byte] & field.bits, 0u) << field.name;
      covered[byte] |= field.bits;
    }
  EXPECT_EQ(covered.size(), good().size());
  for (const auto& [byte, bits] : covered) EXPECT_EQ(bits, 0xffu) << "byte " << byte;
}

TEST_F(Damage, EveryFlippedBitHasTheOutcomeOfItsField) {
  ASSERT_EQ(outcome_of(good()), kSame);
  for (const Field& field : kFields)
    for (size_t byte = field.first; byte <= field.last; ++byte)
      for (int bit = 1; bit < 256; bit *= 2) {
        if ((field.bits & bit) == 0) continue;
        net::Frame frame = good();
        frame[byte] ^= static_cast<uint8_t>(bit);
        EXPECT_EQ(outcome_of(frame), field.flipped)
            << field.name << ", byte " << byte << ", bit " << bit << ": " << field.clause;
        mend(frame);
        EXPECT_EQ(outcome_of(frame), field.mended)
            << field.name << ", byte " << byte << ", bit " << bit << ", mended: " << field.clause;
      }
}

// The worker drops each; control, were it to see one all the same, counts it and does nothing.
TEST_F(Damage, EveryTruncationIsRefused) {
  for (const uint16_t vlan : {0, 100}) {
    const net::Frame whole = good(vlan);
    const size_t link = vlan == 0 ? 14 : 18;
    for (size_t size = 0; size < whole.size(); ++size) {
      SCOPED_TRACE("vlan " + std::to_string(vlan) + ", " + std::to_string(size) + " bytes");
      const net::Frame cut(whole.begin(), whole.begin() + static_cast<long>(size));
      EngineRig rig = backup(vlan);
      const auto untouched = trace_of(rig);
      rig.receive(0, cut);
      rig.pass();
      EXPECT_EQ(rig.dropped_of_inbox, 1u);
      EXPECT_EQ(counts_of(rig.engine().statistics()), Counts{});
      rig.hear(cut);
      // Without its whole tag it is no frame of this interface.
      const char* counter = vlan != 0 && size < link ? "badif" : "badlen";
      EXPECT_EQ(counts_of(rig.engine().statistics()), (Counts{{"ipackets", 1}, {counter, 1}}));
      EXPECT_EQ(trace_of(rig), untouched);
      EXPECT_TRUE(rig.engine().peers().all().empty());
    }
  }
}

// What C45 leaves open is open once: the same counter and digest with any other pace, and the good
// one after it, are a replay (D11).
TEST_F(Damage, AnotherPaceIsBelievedOnce) {
  for (const size_t byte : {kCarp + 2, kCarp + 5}) {
    EngineRig rig = backup();
    for (int bit = 1; bit < 256; bit *= 2) {
      net::Frame frame = good();
      frame[byte] ^= static_cast<uint8_t>(bit);
      mend(frame);
      rig.hear(frame);
    }
    EXPECT_EQ(rig.engine().statistics().ipackets, 8u);
    EXPECT_LE(8u - rig.engine().statistics().replay, 2u);  // rule 4: one change of pace
  }
}

}  // namespace
}  // namespace carp::control
