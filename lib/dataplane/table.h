// SPDX-License-Identifier: BSD-3-Clause
//
// What workers may answer: for each interface its addresses, for each address the slots among
// which its clients are shared, for each slot the MAC to give out and whether we are its MASTER.
// Control builds a table, from then on it is immutable; workers get it over a ring and only read.
// An address that is not balanced is a group of one slot, an own address one whose lease never
// lapses: one path for all (design, section 4).
#pragma once

#include <array>
#include <bit>
#include <bitset>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "lib/dataplane/lease.h"
#include "lib/net/ethernet.h"
#include "lib/proto/balance.h"

namespace carp::dataplane {

using PortId = uint16_t;          // DPDK's port number
using InterfaceIndex = uint16_t;  // position in the table's interfaces

inline constexpr InterfaceIndex kMaxInterfaces = 16;
inline constexpr InterfaceIndex kNoInterface = 0xffff;

// Who answers one share of an address's clients.
struct alignas(16) Slot {
  net::MacAddress mac;     // given out: the virtual MAC, or the port's own for an own address
  net::MacAddress source;  // Ethernet source of ARP replies (D6)
  uint16_t lease = kOwnLease;
  uint8_t vhid = 0;  // 0: an own address
  bool master = false;
};
static_assert(sizeof(Slot) == 16);

// What an address is looked up by, in one word: the interface it is on, and its bytes as they stand
// on the wire, which need no turning round for every frame.
using AddressKey = uint64_t;
[[nodiscard]] constexpr AddressKey key_of(InterfaceIndex interface, net::Be32 address) noexcept {
  return AddressKey{interface} << 32 | address.raw();
}
[[nodiscard]] constexpr InterfaceIndex interface_of(AddressKey key) noexcept {
  return static_cast<InterfaceIndex>(key >> 32);
}
inline constexpr AddressKey kNoAddress = key_of(kNoInterface, {});

// One address on one interface. `slot_count` is at least 1. The alignment keeps a cell of the table
// within one cache line.
struct alignas(16) AddressGroup {
  AddressKey key = kNoAddress;  // kNoAddress marks a free cell of the table
  uint32_t first_slot = 0;
  uint16_t slot_count = 0;
  bool shared = false;  // false: an own address
};
static_assert(sizeof(AddressGroup) == 16);

inline constexpr PortId kNoPort = 0xffff;

// A kernel interface that has the traffic for this host (I7.2); numbered by who made it.
using HostId = uint16_t;
inline constexpr HostId kNoHost = 0xffff;

// One port and VLAN.
struct alignas(32) Interface {
  PortId port = 0;
  uint16_t vlan = net::kUntagged;
  net::MacAddress mac;  // the port's own
  HostId host = kNoHost;
  // Its position in the table, which fills it in; also as the begin of all keys of its addresses.
  InterfaceIndex index = kNoInterface;
  AddressKey key = kNoAddress;
};
static_assert(sizeof(Interface) == 32);

// What this host is called alone, whoever is MASTER.
struct OwnAddress {
  InterfaceIndex interface;
  net::Ipv4Address address;
};

// Who is MASTER, by lease index.
using Masters = std::bitset<kMaxVhosts + 1>;

class ForwardTable {
 public:
  // Requires: at most kMaxInterfaces interfaces, each port and vlan once.
  ForwardTable(uint64_t generation, const LeaseBoard& leases, std::vector<Interface> interfaces);

  // The same addresses with other masters: all shared slots say what `masters` says of their lease.
  // Shares with `other` all but the slots, so that a failover does not wait for 4,000 addresses;
  // neither can be built any further. Threads may read both, one thread makes and destroys them.
  ForwardTable(uint64_t generation, const ForwardTable& other, const Masters& masters);

  // Build phase only. Requires: the address is not yet in the table for this interface, and
  // 1 <= slots.size(); shared slots in ascending order of vhid (D7), and all slots of a vhid on
  // an interface alike. Where the interface has a kernel's beside it, an own address is the
  // kernel's (I7.2): `find` finds none.
  void add(InterfaceIndex interface, net::Ipv4Address address, bool shared,
           std::span<const Slot> slots);
  // Build phase only. Makes a vhost of the interface known by its vhid. `add` does so for every
  // shared slot; call it for a configured vhost that is in no slot (arpbalance off, D8), so that
  // its virtual MAC is recognised all the same. Requires: slot.vhid != 0.
  void add_vhost(InterfaceIndex interface, const Slot& slot);

  [[nodiscard]] uint64_t generation() const noexcept { return generation_; }
  [[nodiscard]] const LeaseBoard& leases() const noexcept { return *leases_; }
  [[nodiscard]] std::span<const Interface> interfaces() const noexcept {
    return layout_->interfaces;
  }
  [[nodiscard]] std::span<const OwnAddress> own_addresses() const noexcept {
    return layout_->own_addresses;
  }
  [[nodiscard]] size_t address_count() const noexcept { return layout_->address_count; }
  // Bytes of memory held, for `show` and benchmarks.
  [[nodiscard]] size_t memory_bytes() const noexcept;

  // The interface of a port and VLAN; null where nobody configured it.
  [[nodiscard]] const Interface* find_interface(PortId port, uint16_t vlan) const noexcept;
  // The interface beside a kernel's; null where none is. A walk: once a burst.
  [[nodiscard]] const Interface* find_host(HostId host) const noexcept;
  // The group of an address on an interface; null where it is none of ours.
  [[nodiscard]] const AddressGroup* find(AddressKey key) const noexcept;
  [[nodiscard]] const AddressGroup* find(InterfaceIndex interface,
                                         net::Ipv4Address address) const noexcept {
    return find(key_of(interface, address.wire()));
  }
  [[nodiscard]] std::span<const Slot> slots(const AddressGroup& group) const noexcept;
  // The slot that serves `client` (C110, D7).
  [[nodiscard]] const Slot& slot_for(const AddressGroup& group,
                                     net::Ipv4Address client) const noexcept;
  // A slot of the vhost with this vhid; null where the interface has none such.
  [[nodiscard]] const Slot* find_vhost(InterfaceIndex interface, uint8_t vhid) const noexcept;
  // The same by its virtual MAC.
  [[nodiscard]] const Slot* find_vhost(InterfaceIndex interface,
                                       const net::MacAddress& mac) const noexcept;
  // False only if the address is surely no shared one of the interface. One load and one bit,
  // where a failing `find` would walk cells that no branch predictor can guess: every request's
  // sender is looked up, and hardly any is found.
  [[nodiscard]] bool may_be_shared(AddressKey key) const noexcept;
  [[nodiscard]] bool may_be_shared(InterfaceIndex interface,
                                   net::Ipv4Address address) const noexcept {
    return may_be_shared(key_of(interface, address.wire()));
  }

 private:
  static constexpr uint32_t kNoSlot = ~uint32_t{0};
  // Interfaces are found by hash as well: a search would cost as many steps as there are VLANs,
  // and each frame another number of them.
  static constexpr size_t kInterfaceCells = 4 * kMaxInterfaces;
  // Bits of the filter for each cell of the table, as a power of two: one bit in sixteen or fewer
  // is set.
  static constexpr unsigned kFilterShift = 3;

  // Multiplicative hashing: addresses that follow each other, as configured ones do, land evenly
  // spread in the upper bits of the product.
  [[nodiscard]] static size_t hash(AddressKey key) noexcept {
    return (key * 0x9e3779b97f4a7c15) >> 32;
  }
  // VLANs that follow each other do not collide, nor do the first ports without any.
  [[nodiscard]] static size_t interface_cell(PortId port, uint16_t vlan) noexcept {
    return (vlan + 17u * port) % kInterfaceCells;
  }
  [[nodiscard]] static size_t vhost_place(InterfaceIndex interface, uint8_t vhid) noexcept {
    return interface * size_t{256} + vhid;
  }

  // What a change of mastership leaves as it is.
  struct Layout {
    std::vector<Interface> interfaces;
    std::array<Interface, kInterfaceCells> interface_cells;  // copies; kNoPort marks a free cell
    std::vector<AddressGroup> cells;  // open addressing, a power of two, at most half full
    std::vector<uint64_t> filter;     // one bit per hash of a shared address
    std::vector<uint32_t> vhosts;     // by interface and vhid: position in slots_, or kNoSlot
    std::vector<OwnAddress> own_addresses;
    size_t address_count = 0;
  };

  void insert(const AddressGroup& group) noexcept;
  void resize(size_t cells);

  uint64_t generation_;
  const LeaseBoard* leases_;
  std::shared_ptr<Layout> layout_;
  // Into the layout, for workers.
  const Interface* interface_cells_;
  const AddressGroup* cells_ = nullptr;
  const uint64_t* filter_ = nullptr;
  size_t cell_mask_ = 0;    // cells less one
  size_t filter_mask_ = 0;  // bits of the filter less one
  // One for each vhost, which all its addresses that are not balanced share, so that they stay in
  // the first cache; one for each own address; a row for each balanced one.
  std::vector<Slot> slots_;
};

inline const Interface* ForwardTable::find_interface(PortId port, uint16_t vlan) const noexcept {
  for (size_t i = interface_cell(port, vlan);; i = (i + 1) % kInterfaceCells) {
    const Interface& cell = interface_cells_[i];
    if (std::bit_cast<uint32_t>(std::array{cell.port, cell.vlan}) ==
        std::bit_cast<uint32_t>(std::array{port, vlan})) [[likely]]
      return &cell;
    if (cell.port == kNoPort) return nullptr;
  }
}

inline const AddressGroup* ForwardTable::find(AddressKey key) const noexcept {
  for (size_t i = hash(key) & cell_mask_;; i = (i + 1) & cell_mask_) {
    const AddressGroup& cell = cells_[i];
    if (cell.key == key) [[likely]]
      return &cell;
    if (cell.key == kNoAddress) return nullptr;
  }
}

inline std::span<const Slot> ForwardTable::slots(const AddressGroup& group) const noexcept {
  return {slots_.data() + group.first_slot, group.slot_count};
}

// A division costs more than the whole rest of an answer; most addresses have one slot.
inline const Slot& ForwardTable::slot_for(const AddressGroup& group,
                                          net::Ipv4Address client) const noexcept {
  if (group.slot_count == 1) [[likely]]
    return slots_[group.first_slot];
  return slots_[group.first_slot + proto::choose_slot(client, group.slot_count)];
}

inline const Slot* ForwardTable::find_vhost(InterfaceIndex interface, uint8_t vhid) const noexcept {
  const uint32_t position = layout_->vhosts[vhost_place(interface, vhid)];
  return position == kNoSlot ? nullptr : &slots_[position];
}

inline const Slot* ForwardTable::find_vhost(InterfaceIndex interface,
                                            const net::MacAddress& mac) const noexcept {
  const auto vhid = net::vhid_of(mac);
  return vhid ? find_vhost(interface, *vhid) : nullptr;
}

inline bool ForwardTable::may_be_shared(AddressKey key) const noexcept {
  const size_t bit = hash(key) & filter_mask_;
  return (filter_[bit / 64] >> (bit % 64) & 1) != 0;
}

}  // namespace carp::dataplane
