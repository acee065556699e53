// SPDX-License-Identifier: BSD-3-Clause
//
// What workers may answer: for each interface its addresses, for each address the slots among
// which its clients are shared, for each slot the MAC to give out and whether we are its MASTER.
// Control builds a table, from then on it is immutable; workers get it over a ring and only read.
// An address that is not balanced is a group of one slot, an own address one whose lease never
// lapses: one path for all (design, section 4).
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "lib/dataplane/lease.h"
#include "lib/net/ethernet.h"

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

// One address on one interface. `slot_count` is at least 1. What a look-up compares comes first;
// the alignment keeps a cell of the table within one cache line.
struct alignas(16) AddressGroup {
  net::Ipv4Address address;
  InterfaceIndex interface = kNoInterface;  // kNoInterface marks a free cell of the table
  uint16_t slot_count = 0;
  uint32_t first_slot = 0;
  bool shared = false;  // false: an own address
};
static_assert(sizeof(AddressGroup) == 16);

// One port and VLAN.
struct alignas(16) Interface {
  PortId port = 0;
  uint16_t vlan = net::kUntagged;
  net::MacAddress mac;       // the port's own
  InterfaceIndex index = 0;  // its position; the table fills it in
};
static_assert(sizeof(Interface) == 16);

class ForwardTable {
 public:
  // Requires: at most kMaxInterfaces interfaces, each port and vlan once.
  ForwardTable(uint64_t generation, const LeaseBoard& leases, std::vector<Interface> interfaces);

  // Build phase only. Requires: the address is not yet in the table for this interface, and
  // 1 <= slots.size(); shared slots in ascending order of vhid (D7), and all slots of a vhid on
  // an interface alike.
  void add(InterfaceIndex interface, net::Ipv4Address address, bool shared,
           std::span<const Slot> slots);
  // Build phase only. Makes a vhost of the interface known by its vhid. `add` does so for every
  // shared slot; call it for a configured vhost that is in no slot (arpbalance off, D8), so that
  // its virtual MAC is recognised all the same. Requires: slot.vhid != 0.
  void add_vhost(InterfaceIndex interface, const Slot& slot);

  [[nodiscard]] uint64_t generation() const noexcept { return generation_; }
  [[nodiscard]] const LeaseBoard& leases() const noexcept { return *leases_; }
  [[nodiscard]] std::span<const Interface> interfaces() const noexcept { return interfaces_; }
  [[nodiscard]] size_t address_count() const noexcept { return address_count_; }
  // Bytes of memory held, for `show` and benchmarks.
  [[nodiscard]] size_t memory_bytes() const noexcept;

  // The interface of a port and VLAN; null where nobody configured it.
  [[nodiscard]] const Interface* find_interface(PortId port, uint16_t vlan) const noexcept;
  [[nodiscard]] InterfaceIndex index_of(const Interface& interface) const noexcept;
  // The group of an address on an interface; null where it is none of ours.
  [[nodiscard]] const AddressGroup* find(InterfaceIndex interface,
                                         net::Ipv4Address address) const noexcept;
  [[nodiscard]] std::span<const Slot> slots(const AddressGroup& group) const noexcept;
  // A slot of the vhost whose virtual MAC this is; null where the interface has none such.
  [[nodiscard]] const Slot* find_vhost(InterfaceIndex interface,
                                       const net::MacAddress& mac) const noexcept;
  // False only if the address is surely no shared one of the interface. One load and one bit,
  // where a failing `find` would walk cells that no branch predictor can guess: every request's
  // sender is looked up, and hardly any is found.
  [[nodiscard]] bool may_be_shared(InterfaceIndex interface,
                                   net::Ipv4Address address) const noexcept;

 private:
  static constexpr uint32_t kNoSlot = ~uint32_t{0};
  // Interfaces are found by hash as well: a search would cost as many steps as there are VLANs,
  // and each frame another number of them. A byte each, so that all cells are one cache line.
  static constexpr unsigned kInterfaceCellBits = 6;
  static constexpr size_t kInterfaceCells = size_t{1} << kInterfaceCellBits;
  static_assert(kInterfaceCells >= 4 * kMaxInterfaces);
  static constexpr uint8_t kFreeCell = 0xff;
  // Bits of the filter for each cell of the table, as a power of two: one bit in sixteen or fewer
  // is set.
  static constexpr unsigned kFilterShift = 3;

  // Multiplicative hashing: addresses that follow each other, as configured ones do, land evenly
  // spread in the upper bits of the product.
  [[nodiscard]] static uint64_t hash(InterfaceIndex interface, net::Ipv4Address address) noexcept {
    return (uint64_t{interface} << 32 | address.value) * 0x9e3779b97f4a7c15;
  }
  [[nodiscard]] static size_t interface_cell(PortId port, uint16_t vlan) noexcept {
    return ((uint32_t{port} << 16 | vlan) * 0x9e3779b1) >> (32 - kInterfaceCellBits);
  }
  void insert(const AddressGroup& group) noexcept;
  void resize(size_t cells);

  alignas(64) std::array<uint8_t, kInterfaceCells> interface_cells_;  // positions in interfaces_
  uint64_t generation_;
  const LeaseBoard* leases_;
  unsigned cell_shift_ = 0;          // from a hash to a cell: 64 - log2 of their number
  unsigned filter_shift_ = 0;        // from a hash to a bit of the filter
  std::vector<AddressGroup> cells_;  // open addressing, a power of two, at most half full
  std::vector<uint64_t> filter_;     // one bit per hash of a shared address
  std::vector<Slot> slots_;
  std::vector<Interface> interfaces_;
  std::vector<uint32_t> vhosts_;  // by interface and vhid: position in slots_, or kNoSlot
  size_t address_count_ = 0;
};

inline const Interface* ForwardTable::find_interface(PortId port, uint16_t vlan) const noexcept {
  for (size_t i = interface_cell(port, vlan);; i = (i + 1) % kInterfaceCells) {
    const uint8_t position = interface_cells_[i];
    if (position == kFreeCell) return nullptr;
    const Interface& interface = interfaces_[position];
    if (interface.port == port && interface.vlan == vlan) return &interface;
  }
}

inline InterfaceIndex ForwardTable::index_of(const Interface& interface) const noexcept {
  return interface.index;
}

inline const AddressGroup* ForwardTable::find(InterfaceIndex interface,
                                              net::Ipv4Address address) const noexcept {
  for (size_t i = hash(interface, address) >> cell_shift_;; i = (i + 1) & (cells_.size() - 1)) {
    const AddressGroup& cell = cells_[i];
    if (cell.address == address && cell.interface == interface) return &cell;
    if (cell.interface == kNoInterface) return nullptr;
  }
}

inline std::span<const Slot> ForwardTable::slots(const AddressGroup& group) const noexcept {
  return {slots_.data() + group.first_slot, group.slot_count};
}

inline const Slot* ForwardTable::find_vhost(InterfaceIndex interface,
                                            const net::MacAddress& mac) const noexcept {
  const auto vhid = net::vhid_of(mac);
  if (!vhid) return nullptr;
  const uint32_t position = vhosts_[interface * 256u + *vhid];
  return position == kNoSlot ? nullptr : &slots_[position];
}

inline bool ForwardTable::may_be_shared(InterfaceIndex interface,
                                        net::Ipv4Address address) const noexcept {
  const uint64_t bit = hash(interface, address) >> filter_shift_;
  return (filter_[bit / 64] >> (bit % 64) & 1) != 0;
}

}  // namespace carp::dataplane
