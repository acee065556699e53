// SPDX-License-Identifier: BSD-3-Clause
#include "lib/dataplane/table.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <utility>

#include "tests/support/frames.h"

namespace carp::dataplane {
namespace {

using support::ip;

constexpr uint32_t kSeed = 4000;

[[nodiscard]] std::vector<Interface> interfaces(size_t count) {
  std::vector<Interface> all;
  for (size_t i = 0; i < count; ++i) {
    const auto n = static_cast<uint8_t>(i);
    all.push_back({static_cast<PortId>(i / 4), static_cast<uint16_t>(i % 4 * 100),
                   net::MacAddress{{2, 0, 0, 0, 0, n}}});
  }
  return all;
}

[[nodiscard]] Slot slot_of(uint8_t vhid) {
  const net::MacAddress mac = net::virtual_mac(vhid);
  return {.mac = mac, .source = mac, .lease = vhid, .vhid = vhid, .master = vhid % 2 == 0};
}

TEST(ForwardTable, WithoutAddressesFindsNothing) {
  LeaseBoard leases;
  const ForwardTable table(7, leases, interfaces(1));
  EXPECT_EQ(table.generation(), 7u);
  EXPECT_EQ(table.address_count(), 0u);
  EXPECT_EQ(table.find(0, ip("0.0.0.0")), nullptr);
  EXPECT_EQ(table.find(0, ip("192.168.1.1")), nullptr);
  EXPECT_FALSE(table.may_be_shared(0, ip("192.168.1.1")));
  EXPECT_EQ(table.find_vhost(0, net::virtual_mac(1)), nullptr);
}

TEST(ForwardTable, WithoutInterfacesKnowsNoPort) {
  LeaseBoard leases;
  const ForwardTable table(1, leases, {});
  EXPECT_EQ(table.find_interface(0, net::kUntagged), nullptr);
  EXPECT_GT(table.memory_bytes(), sizeof table);
}

TEST(ForwardTable, FindsAnInterfaceByPortAndVlan) {
  LeaseBoard leases;
  const ForwardTable table(1, leases, interfaces(kMaxInterfaces));
  for (InterfaceIndex i = 0; i < kMaxInterfaces; ++i) {
    const Interface& expected = table.interfaces()[i];
    const Interface* found = table.find_interface(expected.port, expected.vlan);
    ASSERT_NE(found, nullptr);
    EXPECT_EQ(found->index, i);
    EXPECT_EQ(found->mac, expected.mac);
  }
  EXPECT_EQ(table.find_interface(0, 1), nullptr);
  EXPECT_EQ(table.find_interface(4, 0), nullptr);
}

// C4: whatever two of them hash to.
TEST(ForwardTable, KnowsEveryPairOfVlansApart) {
  LeaseBoard leases;
  for (uint16_t vlan = 1; vlan < 4095; ++vlan) {
    const uint16_t other = vlan % 4094 + 1;
    const ForwardTable table(1, leases,
                             {{.vlan = net::kUntagged}, {.vlan = vlan}, {.vlan = other}});
    for (InterfaceIndex i = 0; i < 3; ++i)
      ASSERT_EQ(table.find_interface(0, table.interfaces()[i].vlan)->index, i) << vlan;
    ASSERT_EQ(table.find_interface(1, vlan), nullptr) << vlan;
  }
}

TEST(ForwardTable, KeepsTheSameAddressOfTwoInterfacesApart) {
  LeaseBoard leases;
  ForwardTable table(1, leases, interfaces(2));
  const Slot first = slot_of(1);
  const Slot second = slot_of(2);
  table.add(0, ip("10.0.0.1"), true, {&first, 1});
  EXPECT_EQ(table.find(1, ip("10.0.0.1")), nullptr);
  table.add(1, ip("10.0.0.1"), true, {&second, 1});
  EXPECT_EQ(table.slots(*table.find(0, ip("10.0.0.1")))[0].vhid, 1);
  EXPECT_EQ(table.slots(*table.find(1, ip("10.0.0.1")))[0].vhid, 2);
}

TEST(ForwardTable, KnowsAVhostByItsVirtualMac) {
  LeaseBoard leases;
  ForwardTable table(1, leases, interfaces(2));
  const Slot in_slot = slot_of(255);
  const Slot own{net::virtual_mac(9), net::virtual_mac(9), kOwnLease, 0, true};
  table.add(1, ip("10.0.0.1"), true, {&in_slot, 1});
  table.add(1, ip("10.0.0.2"), false, {&own, 1});
  table.add_vhost(1, slot_of(1));
  ASSERT_NE(table.find_vhost(1, net::virtual_mac(255)), nullptr);
  EXPECT_EQ(table.find_vhost(1, net::virtual_mac(255))->vhid, 255);
  ASSERT_NE(table.find_vhost(1, net::virtual_mac(1)), nullptr);
  EXPECT_EQ(table.find_vhost(1, net::virtual_mac(1))->vhid, 1);
  EXPECT_EQ(table.find_vhost(0, net::virtual_mac(255)), nullptr);
  EXPECT_EQ(table.find_vhost(1, net::virtual_mac(9)), nullptr) << "an own address is no vhost";
  EXPECT_EQ(table.find_vhost(1, net::virtual_mac(0)), nullptr);
  EXPECT_EQ(table.find_vhost(1, support::mac("00:00:5e:00:02:ff")), nullptr);
}

TEST(ForwardTable, TheFilterHoldsSharedAddressesOnly) {
  LeaseBoard leases;
  ForwardTable table(1, leases, interfaces(1));
  const Slot slot = slot_of(1);
  table.add(0, ip("10.0.0.1"), false, {&slot, 1});
  EXPECT_FALSE(table.may_be_shared(0, ip("10.0.0.1")));
  table.add(0, ip("10.0.0.2"), true, {&slot, 1});
  EXPECT_TRUE(table.may_be_shared(0, ip("10.0.0.2")));
}

// At every size up to some doublings there is a free cell left, at which a look-up for a stranger
// ends.
TEST(ForwardTable, ALookUpEndsAtEverySize) {
  LeaseBoard leases;
  ForwardTable table(1, leases, interfaces(1));
  const Slot slot = slot_of(1);
  for (uint32_t n = 0; n < 300; ++n) {
    ASSERT_EQ(table.find(0, {0x0a000000 + n}), nullptr) << n;
    table.add(0, {0x0a000000 + n}, true, {&slot, 1});
    for (uint32_t stranger = 0; stranger < 64; ++stranger)
      ASSERT_EQ(table.find(0, {0x0b000000 + stranger}), nullptr) << n;
  }
  for (uint32_t n = 0; n < 300; ++n) ASSERT_NE(table.find(0, {0x0a000000 + n}), nullptr) << n;
}

// I7.2: beside a kernel's interface an own address is the kernel's, and known by name alone.
TEST(ForwardTable, LeavesOwnAddressesToTheKernelBesideTheInterface) {
  LeaseBoard leases;
  std::vector<Interface> both = interfaces(2);
  both[1].host = 7;
  ForwardTable table(1, leases, both);
  const Slot own{.mac = both[0].mac, .source = both[0].mac, .master = true};
  const Slot slot = slot_of(1);
  for (const InterfaceIndex interface : {0, 1}) {
    table.add(interface, net::Ipv4Address{0x0a000003}, false, {&own, 1});
    table.add(interface, net::Ipv4Address{0x0a000032}, true, {&slot, 1});
    EXPECT_EQ(table.find(interface, net::Ipv4Address{0x0a000003}) != nullptr, interface == 0);
    EXPECT_NE(table.find(interface, net::Ipv4Address{0x0a000032}), nullptr);
  }
  ASSERT_EQ(table.own_addresses().size(), 2u);
  EXPECT_EQ(table.own_addresses()[1].interface, 1);
  EXPECT_EQ(table.own_addresses()[1].address, net::Ipv4Address{0x0a000003});
  ASSERT_NE(table.find_host(7), nullptr);
  EXPECT_EQ(table.find_host(7)->index, 1);
  EXPECT_EQ(table.find_host(0), nullptr);
}

// A table of 4,000 addresses on 16 interfaces with 255 vhosts each, beside a map that holds the
// same. Half of the addresses follow each other, as in a real configuration.
class FullTable : public testing::Test {
 protected:
  using Key = std::pair<InterfaceIndex, uint32_t>;
  struct Entry {
    bool shared;
    std::vector<uint8_t> vhids;
  };
  static constexpr size_t kAddresses = 4000;

  FullTable() {
    while (reference_.size() < kAddresses) {
      const auto n = static_cast<uint32_t>(reference_.size());
      const auto interface = static_cast<InterfaceIndex>(random_() % kMaxInterfaces);
      const uint32_t address = n % 2 == 0 ? 0x0a000000 + n : static_cast<uint32_t>(random_());
      if (reference_.contains({interface, address})) continue;
      add(interface, address);
    }
  }

  void add(InterfaceIndex interface, uint32_t address) {
    Entry entry{random_() % 8 != 0, {}};
    std::vector<Slot> slots;
    const size_t count = entry.shared && random_() % 16 == 0 ? 1 + random_() % 255 : 1;
    const auto first = static_cast<unsigned>(1 + random_() % (256 - count));
    for (size_t i = 0; i < count; ++i) {
      entry.vhids.push_back(static_cast<uint8_t>(first + i));
      slots.push_back(slot_of(entry.vhids.back()));
    }
    table_.add(interface, net::Ipv4Address{address}, entry.shared, slots);
    reference_[{interface, address}] = std::move(entry);
  }

  std::mt19937 random_{kSeed};
  LeaseBoard leases_;
  ForwardTable table_{1, leases_, interfaces(kMaxInterfaces)};
  std::map<Key, Entry> reference_;
};

TEST_F(FullTable, FindsWhatWasAdded) {
  EXPECT_EQ(table_.address_count(), kAddresses);
  for (const auto& [key, entry] : reference_) {
    const AddressGroup* group = table_.find(key.first, net::Ipv4Address{key.second});
    ASSERT_NE(group, nullptr) << "seed " << kSeed;
    ASSERT_EQ(group->key, key_of(key.first, net::Ipv4Address{key.second}.wire()));
    ASSERT_EQ(group->shared, entry.shared);
    const auto slots = table_.slots(*group);
    ASSERT_EQ(slots.size(), entry.vhids.size());
    for (size_t i = 0; i < slots.size(); ++i) ASSERT_EQ(slots[i].vhid, entry.vhids[i]);
  }
}

TEST_F(FullTable, FindsNothingElse) {
  for (int i = 0; i < 100000; ++i) {
    const auto interface = static_cast<InterfaceIndex>(random_() % kMaxInterfaces);
    // Near the dense half, where an address of a neighbouring interface is likely to be.
    const uint32_t address = i % 2 == 0 ? 0x0a000000 + static_cast<uint32_t>(random_() % 8192)
                                        : static_cast<uint32_t>(random_());
    const bool expected = reference_.contains({interface, address});
    ASSERT_EQ(table_.find(interface, net::Ipv4Address{address}) != nullptr, expected)
        << "seed " << kSeed << ", interface " << interface << ", address " << address;
  }
}

// The filter may say yes for a stranger now and then, never no for a shared address.
TEST_F(FullTable, TheFilterKnowsEverySharedAddressAndFewOthers) {
  for (const auto& [key, entry] : reference_) {
    if (!entry.shared) continue;
    ASSERT_TRUE(table_.may_be_shared(key.first, net::Ipv4Address{key.second})) << "seed " << kSeed;
  }
  constexpr int kStrangers = 100000;
  int mistaken = 0;
  for (int i = 0; i < kStrangers; ++i) {
    mistaken += table_.may_be_shared(0, net::Ipv4Address{static_cast<uint32_t>(random_())});
  }
  EXPECT_LT(mistaken, kStrangers / 10) << "seed " << kSeed;
}

TEST_F(FullTable, KnowsTheVhostsOfItsSharedAddresses) {
  std::map<Key, bool> expected;
  for (const auto& [key, entry] : reference_) {
    for (const uint8_t vhid : entry.vhids) {
      if (entry.shared) expected[{key.first, vhid}] = true;
    }
  }
  for (InterfaceIndex interface = 0; interface < kMaxInterfaces; ++interface) {
    for (unsigned vhid = 1; vhid <= 255; ++vhid) {
      const Slot* slot = table_.find_vhost(interface, net::virtual_mac(static_cast<uint8_t>(vhid)));
      ASSERT_EQ(slot != nullptr, expected.contains({interface, vhid})) << "seed " << kSeed;
      if (slot != nullptr) {
        ASSERT_EQ(slot->vhid, vhid);
      }
    }
  }
}

}  // namespace
}  // namespace carp::dataplane
