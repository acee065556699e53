// SPDX-License-Identifier: BSD-3-Clause
#include "lib/dataplane/table.h"

#include <cassert>
#include <utility>

namespace carp::dataplane {
namespace {

constexpr size_t kCellsMin = 16;

}  // namespace

ForwardTable::ForwardTable(uint64_t generation, const LeaseBoard& leases,
                           std::vector<Interface> interfaces)
    : generation_(generation),
      leases_(&leases),
      interfaces_(std::move(interfaces)),
      vhosts_(interfaces_.size() * 256, kNoSlot) {
  assert(interfaces_.size() <= kMaxInterfaces);
  interface_cells_.fill({.port = kNoPort});
  for (Interface& interface : interfaces_) {
    interface.index = static_cast<InterfaceIndex>(&interface - interfaces_.data());
    interface.key = key_of(interface.index, {});
    size_t i = interface_cell(interface.port, interface.vlan);
    while (interface_cells_[i].port != kNoPort) i = (i + 1) % kInterfaceCells;
    interface_cells_[i] = interface;
  }
  resize(kCellsMin);
}

ForwardTable::ForwardTable(uint64_t generation, const ForwardTable& layout, const Masters& masters)
    : ForwardTable(layout) {
  generation_ = generation;
  for (Slot& slot : slots_)
    if (slot.lease != kOwnLease) slot.master = masters[slot.lease];
}

void ForwardTable::add(InterfaceIndex interface, net::Ipv4Address address, bool shared,
                       std::span<const Slot> slots) {
  assert(interface < interfaces_.size());
  assert(!slots.empty());
  assert(find(interface, address) == nullptr);
  if ((address_count_ + 1) * 2 > cells_.size()) resize(2 * cells_.size());
  AddressGroup group;
  group.key = key_of(interface, address.wire());
  group.slot_count = static_cast<uint16_t>(slots.size());
  group.shared = shared;
  if (shared) {
    for (const Slot& slot : slots) add_vhost(interface, slot);
  }
  if (shared && slots.size() == 1) {
    group.first_slot = vhosts_[vhost_place(interface, slots.front().vhid)];
  } else {
    group.first_slot = static_cast<uint32_t>(slots_.size());
    slots_.insert(slots_.end(), slots.begin(), slots.end());
  }
  insert(group);
  ++address_count_;
}

void ForwardTable::add_vhost(InterfaceIndex interface, const Slot& slot) {
  assert(interface < interfaces_.size());
  assert(slot.vhid != 0);
  uint32_t& position = vhosts_[vhost_place(interface, slot.vhid)];
  if (position != kNoSlot) return;
  position = static_cast<uint32_t>(slots_.size());
  slots_.push_back(slot);
}

size_t ForwardTable::memory_bytes() const noexcept {
  const auto bytes = [](const auto& vector) { return vector.capacity() * sizeof(vector[0]); };
  return sizeof *this + bytes(cells_) + bytes(filter_) + bytes(slots_) + bytes(interfaces_) +
         bytes(vhosts_);
}

// Requires: a free cell.
void ForwardTable::insert(const AddressGroup& group) noexcept {
  const size_t place = hash(group.key);
  size_t i = place & cell_mask_;
  while (cells_[i].key != kNoAddress) i = (i + 1) & cell_mask_;
  cells_[i] = group;
  if (!group.shared) return;
  const size_t bit = place & filter_mask_;
  filter_[bit / 64] |= uint64_t{1} << (bit % 64);
}

// Requires: a power of two.
void ForwardTable::resize(size_t cells) {
  cell_mask_ = cells - 1;
  filter_mask_ = (cells << kFilterShift) - 1;
  filter_.assign((cells << kFilterShift) / 64, 0);
  const auto old = std::exchange(cells_, std::vector<AddressGroup>(cells));
  for (const AddressGroup& cell : old) {
    if (cell.key != kNoAddress) insert(cell);
  }
}

}  // namespace carp::dataplane
