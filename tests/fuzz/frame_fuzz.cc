// SPDX-License-Identifier: BSD-3-Clause
//
// A frame through process(), the decision that workers make. An input is four bytes that say how we
// stand to each virtual host, one that says on which port the frame comes, whether its checksums
// are made right first, and whether a kernel is beside each interface, and the frame.
//
// What must hold: a frame that is not answered is not touched; ARP has the outcome of a second
// model of the rules, an answer included; an echo answer is the request turned round, sound, and
// from an address that we serve; no answer is answered when it comes back; the kernel gets what is
// for this host as its own, whole or in segments; and an IGMP query that control is shown is sound
// and makes sense to it.
#include <algorithm>
#include <memory>
#include <optional>

#include "lib/dataplane/host_ingress.h"
#include "lib/proto/igmp.h"
#include "tests/dataplane/arp_model.h"
#include "tests/fuzz/checksums.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/property.h"

namespace carp::dataplane {
namespace {

using fuzz::must;
using support::ip;

constexpr PortId kPortCount = 2;  // frames may also come on one that nobody configured

struct Head {
  uint32_t standings = 0;  // two bits a virtual host
  PortId port = 0;
  bool ip_is_mended = false;
  bool message_is_mended = false;
  bool has_kernel = false;
};

[[nodiscard]] Head read_head(fuzz::Input& input) {
  const uint32_t standings = input.take_number(4);
  const uint8_t flags = input.take_byte();
  return {standings, static_cast<PortId>(flags & 3), (flags & 4) != 0, (flags & 8) != 0,
          (flags & 16) != 0};
}

// The interfaces of one port. The first has both plain and balanced addresses, and a virtual host
// that no address has a slot for.
[[nodiscard]] SceneData scene_of_port(PortId port, uint32_t standings) {
  const auto share = [standings, port](uint8_t vhid) {
    constexpr Standing kStandings[] = {Standing::master, Standing::backup, Standing::lapsed,
                                       Standing::master};
    return Share{vhid, kStandings[standings >> (vhid * 2 + port * 16) % 32 & 3]};
  };
  if (port == 1) {
    SceneData data{.interfaces = {{1, net::kUntagged, kPortMac}}, .addresses = {}};
    data.addresses = {{0, ip("172.16.0.3")}, {0, ip("172.16.0.50"), {}}};
    for (const uint8_t vhid : {1, 2, 3, 5, 100, 254, 255}) {
      data.addresses[1].shares.push_back(share(vhid));
    }
    return data;
  }
  return {.interfaces = {{0, net::kUntagged, kPortMac}, {0, 100, kPortMac}},
          .addresses = {{0, ip("192.168.1.3")},
                        {0, ip("192.168.1.50"), {share(1)}},
                        {0, ip("192.168.1.51"), {share(2)}},
                        {0, ip("192.168.1.10"), {share(4), share(5)}},
                        {0, ip("192.168.1.11"), {share(3), share(4), share(5)}},
                        {1, ip("10.0.0.3")},
                        {1, ip("10.0.0.50"), {share(1)}},
                        {1, ip("10.0.0.51"), {share(8), share(9)}}},
          .vhosts_0 = {share(6)}};
}

[[nodiscard]] SceneData scene_of(PortId port, const Head& head) {
  SceneData data = scene_of_port(port, head.standings);
  for (Interface& interface : data.interfaces)
    if (head.has_kernel) interface.host = static_cast<HostId>(port * 16 + interface.vlan);
  return data;
}

// What a worker has: the interfaces of all ports in one table.
[[nodiscard]] SceneData whole_scene(const Head& head) {
  SceneData all = scene_of(0, head);
  const SceneData second = scene_of(1, head);
  const auto first_index = static_cast<InterfaceIndex>(all.interfaces.size());
  all.interfaces.insert(all.interfaces.end(), second.interfaces.begin(), second.interfaces.end());
  for (Address address : second.addresses) {
    address.interface = static_cast<InterfaceIndex>(address.interface + first_index);
    all.addresses.push_back(std::move(address));
  }
  return all;
}

// Those which workers find without process().
[[nodiscard]] bool is_of_process(Reason reason) { return reason < Reason::segmented; }

// In a heap buffer of exactly its size, so that the address sanitizer sees every access outside.
[[nodiscard]] Outcome decide(const Scene& scene, const net::Frame& frame, PortId port) {
  const auto buffer = std::make_unique<uint8_t[]>(frame.size());
  std::copy(frame.begin(), frame.end(), buffer.get());
  const Reason reason = process({buffer.get(), frame.size()}, port, scene.table(), kNow);
  must(is_of_process(reason), "process() answers with a reason of its own");
  net::Frame after(buffer.get(), buffer.get() + frame.size());
  must(verdict_of(reason) == Verdict::transmit || after == frame,
       "a frame that is not answered stays as it was");
  return {reason, std::move(after)};
}

void check_by_model(const SceneData& data, const net::Frame& frame, const Outcome& outcome) {
  const Expected expected = expect_arp(data, frame);
  must(info_of(outcome.reason).name == expected.reason, "the model finds the same reason");
  must(outcome.frame == expected.frame, "the model writes the same answer");
}

[[nodiscard]] net::Ipv4Address address_at(const net::Frame& frame, size_t offset) {
  uint32_t value = 0;
  for (size_t i = 0; i < 4; ++i) value = value << 8 | frame[offset + i];
  return {value};
}

[[nodiscard]] net::MacAddress mac_at(const net::Frame& frame, size_t offset) {
  net::MacAddress mac;
  std::copy_n(frame.begin() + static_cast<std::ptrdiff_t>(offset), 6, mac.bytes.begin());
  return mac;
}

// Whether we serve `address` for a client that used `mac` (C128, D7).
[[nodiscard]] bool serves(const SceneData& data, InterfaceIndex interface, net::Ipv4Address address,
                          const net::MacAddress& mac, net::Ipv4Address client) {
  for (const Address& entry : data.addresses) {
    if (entry.interface != interface || entry.address != address) continue;
    if (entry.shares.empty()) return true;
    for (const Share& share : entry.shares) {
      if (net::virtual_mac(share.vhid) == mac) return share.standing == Standing::master;
    }
    return entry.shares[client.value % entry.shares.size()].standing == Standing::master;
  }
  return false;
}

[[nodiscard]] bool is_master(const SceneData& data, InterfaceIndex interface, uint8_t vhid) {
  std::vector<Share> all = interface == 0 ? data.vhosts_0 : std::vector<Share>{};
  for (const Address& entry : data.addresses) {
    if (entry.interface == interface)
      all.insert(all.end(), entry.shares.begin(), entry.shares.end());
  }
  return std::any_of(all.begin(), all.end(), [vhid](const Share& share) {
    return share.vhid == vhid && share.standing == Standing::master;
  });
}

void check_echo(const SceneData& data, const net::Frame& asked, const net::Frame& answer) {
  const fuzz::Ipv4Place place = fuzz::find_ipv4(asked);
  must(place.header != 0, "what is answered is IPv4");
  const net::ConstBytes bytes(answer);
  const auto header = bytes.subspan(place.header, place.payload - place.header);
  must(fuzz::sums_up(header), "the answer's IPv4 checksum is right");
  must(fuzz::sums_up(bytes.subspan(place.payload, place.end - place.payload)),
       "the answer's ICMP checksum is right");

  net::Frame expected = asked;
  std::swap_ranges(expected.begin(), expected.begin() + 6, expected.begin() + 6);
  const auto addresses = expected.begin() + static_cast<std::ptrdiff_t>(place.header + 12);
  std::swap_ranges(addresses, addresses + 4, addresses + 4);
  expected[place.header + 8] = 64;
  expected[place.payload] = 0;
  for (const size_t checksum : {place.header + 10, place.payload + 2}) {
    expected[checksum] = answer[checksum];
    expected[checksum + 1] = answer[checksum + 1];
  }
  must(answer == expected, "the answer is the request turned round");

  const net::MacAddress used = mac_at(asked, 0);
  const bool tagged = asked[12] == 0x81;
  const bool in_vlan = tagged && (asked[14] % 16 != 0 || asked[15] != 0);
  must(serves(data, in_vlan ? 1 : 0, address_at(asked, place.header + 16), used,
              address_at(asked, place.header + 12)),
       "the answer is from an address that we serve");
}

// Only for a group, our own MAC or that of a MASTER; and the kernel sees its own, and no tag.
void check_kernels(const Scene& scene, const SceneData& data, const net::Frame& frame,
                   Reason reason, PortId port) {
  net::Frame head = frame;
  const Reason segment = process_segmented(head, port, scene.table(), kNow);
  must(head == frame, "a segment stays as it was");
  const bool is_kernels = verdict_of(reason) == Verdict::host;
  must(segment == (is_kernels && reason != Reason::host_arp ? reason : Reason::segmented),
       "a first segment has the same way to the kernel, but ARP has none");
  if (!is_kernels) return;
  const net::MacAddress to = mac_at(frame, 0);
  const auto vhid = net::vhid_of(to);
  const bool tagged = frame[12] == 0x81 && frame[13] == 0;
  const auto interface =
      static_cast<InterfaceIndex>(tagged && (frame[14] % 16 != 0 || frame[15] != 0) ? 1 : 0);
  must(to.is_group() || to == kPortMac || (vhid && is_master(data, interface, *vhid)),
       "the kernel gets what is for this host");
  const auto [host, front] = to_host(head, port, scene.table());
  must(host == data.interfaces[interface].host, "the kernel interface is that of the tag");
  net::Frame expected = frame;
  if (tagged) expected.erase(expected.begin() + 12, expected.begin() + 16);
  if (!to.is_group()) std::copy(kPortMac.bytes.begin(), kPortMac.bytes.end(), expected.begin());
  head.erase(head.begin(), head.begin() + static_cast<std::ptrdiff_t>(front));
  must(head == expected, "the kernel gets its own MAC, no tag, and all else as it came");
}

// What control reads of a query, by bytes rather than by types.
void check_query(const net::Frame& frame) {
  constexpr size_t kGroupAt = 4;
  const fuzz::Ipv4Place place = fuzz::find_ipv4(frame);
  const size_t size = place.end - place.payload;
  must(place.header != 0 && (size == 8 || size >= 12), "a query is of a length that versions have");
  must(fuzz::sums_up(net::ConstBytes(frame).subspan(place.payload, size)),
       "a query's checksum is right");
  const net::Ipv4Address group = address_at(frame, place.payload + kGroupAt);
  must(group.value == 0 || group == net::kCarpGroup, "a query asks us");
  const auto query = proto::parse_query(frame);
  must(query.ok(), "control reads what the worker has read");
  must((size == 8) == (query.value().version != proto::IgmpVersion::v3),
       "the length is the version");
  must(query.value().is_general == (group.value == 0), "it is about the group, or general");
  must(query.value().max_response <= std::chrono::milliseconds(3'174'400), "the delay is bounded");
}

void check(fuzz::Input input) {
  const Head head = read_head(input);
  const net::ConstBytes bytes = input.take_rest();
  net::Frame frame(bytes.begin(), bytes.end());
  if (head.message_is_mended) fuzz::mend_message_checksum(frame);
  if (head.ip_is_mended) fuzz::mend_ipv4_checksum(frame);

  const Scene scene(whole_scene(head));
  const Outcome outcome = decide(scene, frame, head.port);
  if (head.port >= kPortCount) {
    must(outcome.reason == Reason::unknown_vlan || outcome.reason == Reason::too_short,
         "nobody is at home on another port");
    return;
  }
  const SceneData data = scene_of(head.port, head);
  const bool is_ipv4 = fuzz::is_ipv4(frame);
  if (!is_ipv4) check_by_model(data, frame, outcome);
  must(is_ipv4 || outcome.reason != Reason::echo_answered, "echo is answered to IPv4 alone");
  must(!head.has_kernel || outcome.reason != Reason::echo_answered, "the kernel answers its pings");
  check_kernels(scene, data, frame, outcome.reason, head.port);
  if (outcome.reason == Reason::echo_answered) check_echo(data, frame, outcome.frame);
  if (outcome.reason == Reason::igmp_query) check_query(frame);
  if (verdict_of(outcome.reason) != Verdict::transmit) return;
  const Outcome echo = decide(scene, outcome.frame, head.port);
  must(verdict_of(echo.reason) == Verdict::drop, "an answer that comes back is dropped");
}

}  // namespace
}  // namespace carp::dataplane

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  carp::dataplane::check({data, size});
  return 0;
}
