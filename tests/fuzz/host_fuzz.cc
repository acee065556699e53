// SPDX-License-Identifier: BSD-3-Clause
//
// A frame of the kernel through from_host(). An input is two bytes that say how we stand to each
// virtual host, one for the interface and whether the frame's source is made the port's first, and
// the frame.
//
// What must hold: what does not leave is not touched; what leaves has the port's MAC or that of a
// MASTER as source, and the latter exactly if its IPv4 or ARP sender is a shared address; nothing
// else of it is changed; and no advertisement, answer or announcement for such an address leaves.
#include <algorithm>
#include <memory>

#include "lib/dataplane/host_egress.h"
#include "tests/dataplane/scene.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/property.h"

namespace carp::dataplane {
namespace {

using fuzz::must;
using support::ip;

[[nodiscard]] SceneData scene_of(uint32_t standings) {
  const auto share = [standings](uint8_t vhid) {
    constexpr Standing kStandings[] = {Standing::master, Standing::backup, Standing::lapsed,
                                       Standing::master};
    return Share{vhid, kStandings[standings >> (vhid * 2) & 3]};
  };
  return {.interfaces = {{0, net::kUntagged, kPortMac, 0}, {0, 100, kPortMac, 1}},
          .addresses = {{0, ip("192.168.1.3")},
                        {0, ip("192.168.1.50"), {share(1)}},
                        {0, ip("192.168.1.10"), {share(4), share(5)}},
                        {1, ip("10.0.0.3")},
                        {1, ip("10.0.0.50"), {share(1)}},
                        {1, ip("10.0.0.51"), {share(2), share(3)}}}};
}

[[nodiscard]] unsigned number(const net::Frame& frame, size_t offset, size_t size) {
  unsigned value = 0;
  for (size_t i = 0; i < size; ++i) value = value * 256 + frame[offset + i];
  return value;
}

// The shares of the shared address in whose name a frame speaks; empty where in none's.
[[nodiscard]] std::vector<Share> shares_of_sender(const SceneData& data, InterfaceIndex interface,
                                                  const net::Frame& frame) {
  const unsigned type = number(frame, 12, 2);
  if (type != 0x0800 && type != 0x0806) return {};
  const unsigned sender = number(frame, type == 0x0800 ? 26 : 28, 4);
  for (const Address& entry : data.addresses) {
    if (entry.interface == interface && entry.address.value == sender) return entry.shares;
  }
  return {};
}

void check_what_leaves(const SceneData& data, InterfaceIndex interface, const net::Frame& before,
                       const net::Frame& after, HostReason reason) {
  const bool is_arp = number(before, 12, 2) == 0x0806;
  const auto shares = shares_of_sender(data, interface, before);
  must(is_arp || number(before, 12, 2) != 0x0800 || before[23] != 112, "no advertisement leaves");
  if (shares.empty()) {
    must(reason == HostReason::sent && after == before, "the kernel's own leaves as it is");
    return;
  }
  must(!is_arp || (number(before, 20, 2) == 1 && number(before, 28, 4) != number(before, 38, 4)),
       "no answer and no announcement for a shared address leaves");
  net::Frame expected = before;
  if (is_arp && shares.size() > 1) {
    must(reason == HostReason::sent_balanced, "a balanced address asks as this host alone");
    const auto own = interface == 0 ? net::Frame{192, 168, 1, 3} : net::Frame{10, 0, 0, 3};
    std::copy(kPortMac.bytes.begin(), kPortMac.bytes.end(), expected.begin() + 22);
    std::copy(own.begin(), own.end(), expected.begin() + 28);
    must(after == expected, "its request is that of an own address");
    return;
  }
  must(reason == HostReason::sent_shared, "a shared address speaks as itself");
  const auto is_source = [&](const Share& share) {
    const net::MacAddress mac = net::virtual_mac(share.vhid);
    return share.standing == Standing::master &&
           std::equal(mac.bytes.begin(), mac.bytes.end(), after.begin() + 6);
  };
  must(std::any_of(shares.begin(), shares.end(), is_source), "and by the MAC of a MASTER");
  std::copy_n(after.begin() + 6, 6, expected.begin() + 6);
  if (is_arp) std::copy_n(after.begin() + 6, 6, expected.begin() + 22);
  must(after == expected, "nothing else of it is changed");
}

void check(fuzz::Input input) {
  const SceneData data = scene_of(input.take_number(2));
  const uint8_t flags = input.take_byte();
  const InterfaceIndex index = flags & 1;
  const net::ConstBytes bytes = input.take_rest();
  net::Frame frame(bytes.begin(), bytes.end());
  if ((flags & 2) != 0 && frame.size() >= 12)
    std::copy(kPortMac.bytes.begin(), kPortMac.bytes.end(), frame.begin() + 6);

  // In a heap buffer of exactly its size, so that the address sanitizer sees every access outside.
  const Scene scene(data);
  const auto buffer = std::make_unique<uint8_t[]>(frame.size());
  std::copy(frame.begin(), frame.end(), buffer.get());
  const Interface& interface = *scene.table().find_host(index);
  const HostReason reason = from_host({buffer.get(), frame.size()}, interface, scene.table(), kNow);
  const net::Frame after(buffer.get(), buffer.get() + frame.size());
  must(leaves(reason) || after == frame, "a frame that does not leave stays as it was");
  if (leaves(reason)) check_what_leaves(data, index, frame, after, reason);
}

}  // namespace
}  // namespace carp::dataplane

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  carp::dataplane::check({data, size});
  return 0;
}
