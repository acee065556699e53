// SPDX-License-Identifier: BSD-3-Clause
//
// One advertisement of each living implementation, as it left the wire (section 13 of
// carp-protocol.md): to be accepted as it is.
#include <gtest/gtest.h>

#include "lib/proto/auth.h"
#include "lib/proto/key.h"
#include "lib/proto/replay.h"
#include "lib/proto/wire.h"
#include "tests/support/frames.h"

namespace carp::proto {
namespace {

struct Capture {
  const char* sender;
  const char* source;
  const char* frame;
};

constexpr Capture kCaptures[] = {
    {"NetBSD", "10.77.0.11",
     "01005e00001200005e00012a08004510003800004000ff7090db0a4d000be0000012212a00070001b2f2"
     "dd1477e18433a21800aa9e4054b18602b7e6c8d8fa724efe9a26d2a2"},
    {"FreeBSD", "10.77.0.21",
     "01005e00001200005e00012a080045e0003800004000ff7090010a4d0015e0000012212a00070001accd"
     "4691a4e24dd0cc60be529c281015262b5c1391a36cdd6ec34e8283c5"},
    {"OpenBSD", "10.77.0.31",
     "01005e00001200005e00012a080045100038e04f4000ff70b0770a4d001fe0000012212a0007000198e8"
     "776631a17cadf05be25a3718fa38e83b2f974df868dc1886f2ab424e"},
    {"UCarp", "10.77.0.1",
     "01005e00001200005e00002a080045100038b9c34000ff70d7210a4d0001e0000012212a000700010f3f"
     "3403db615850fc1f1e46091a4af002341c1314c682215dd03183b4e6"},
};

TEST(RealPeers, AreAcceptedAsTheyAre) {
  const std::vector<net::Ipv4Prefix> addresses{{support::ip("10.77.0.100"), 24}};
  const Authenticator auth(key_from_pass("carpsecret"), 42, addresses, AddressOrder::sorted);
  ReplayGuard guard(ReplayPolicy::window, {.unix_ms = 1'790'000'000'000, .at = TimePoint{}}, 65536,
                    std::nullopt);
  for (const Capture& capture : kCaptures) {
    SCOPED_TRACE(capture.sender);
    const auto bytes = net::from_hex(capture.frame);
    ASSERT_TRUE(bytes);
    const auto parsed = parse_advert(*bytes);
    ASSERT_TRUE(parsed.ok());
    EXPECT_EQ(to_string(parsed.value().source), capture.source);
    EXPECT_EQ(parsed.value().version, 2);
    EXPECT_EQ(parsed.value().type, 1);
    EXPECT_EQ(parsed.value().vhid, 42);
    EXPECT_EQ(parsed.value().pace, (Pace{1, 0}));
    EXPECT_TRUE(auth.verify(parsed.value().counter, parsed.value().digest));
    EXPECT_EQ(guard.judge(parsed.value(), TimePoint{}), ReplayGuard::Verdict::accept);
  }
}

}  // namespace
}  // namespace carp::proto
