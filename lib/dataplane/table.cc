// SPDX-License-Identifier: BSD-3-Clause
#include "lib/dataplane/table.h"

#include <bit>
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
  interface_cells_.fill(kFreeCell);
  for (Interface& interface : interfaces_) {
    interface.index = static_cast<InterfaceIndex>(&interface - interfaces_.data());
    size_t i = interface_cell(interface.port, interface.vlan);
    while (interface_cells_[i] != kFreeCell) i = (i + 1) % kInterfaceCells;
    interface_cells_[i] = static_cast<uint8_t>(interface.index);
  }
  resize(kCellsMin);
}

void ForwardTable::add(InterfaceIndex interface, net::Ipv4Address address, bool shared,
                       std::span<const Slot> slots) {
  assert(interface < interfaces_.size());
  assert(!slots.empty());
  assert(find(interface, address) == nullptr);
  if ((address_count_ + 1) * 2 > cells_.size()) resize(2 * cells_.size());
  AddressGroup group;
  group.address = address;
  group.interface = interface;
  group.slot_count = static_cast<uint16_t>(slots.size());
  group.first_slot = static_cast<uint32_t>(slots_.size());
  group.shared = shared;
  insert(group);
  ++address_count_;
  for (const Slot& slot : slots) {
    const auto position = static_cast<uint32_t>(slots_.size());
    slots_.push_back(slot);
    if (shared) vhosts_[interface * 256u + slot.vhid] = position;
  }
}

void ForwardTable::add_vhost(InterfaceIndex interface, const Slot& slot) {
  assert(interface < interfaces_.size());
  assert(slot.vhid != 0);
  vhosts_[interface * 256u + slot.vhid] = static_cast<uint32_t>(slots_.size());
  slots_.push_back(slot);
}

size_t ForwardTable::memory_bytes() const noexcept {
  const auto bytes = [](const auto& vector) { return vector.capacity() * sizeof(vector[0]); };
  return sizeof *this + bytes(cells_) + bytes(filter_) + bytes(slots_) + bytes(interfaces_) +
         bytes(vhosts_);
}

// Requires: a free cell.
void ForwardTable::insert(const AddressGroup& group) noexcept {
  const uint64_t key = hash(group.interface, group.address);
  size_t i = key >> cell_shift_;
  while (cells_[i].interface != kNoInterface) i = (i + 1) & (cells_.size() - 1);
  cells_[i] = group;
  if (!group.shared) return;
  const uint64_t bit = key >> filter_shift_;
  filter_[bit / 64] |= uint64_t{1} << (bit % 64);
}

// Requires: a power of two.
void ForwardTable::resize(size_t cells) {
  cell_shift_ = 64 - static_cast<unsigned>(std::countr_zero(cells));
  filter_shift_ = cell_shift_ - kFilterShift;
  filter_.assign((cells << kFilterShift) / 64, 0);
  const auto old = std::exchange(cells_, std::vector<AddressGroup>(cells));
  for (const AddressGroup& cell : old) {
    if (cell.interface != kNoInterface) insert(cell);
  }
}

}  // namespace carp::dataplane
