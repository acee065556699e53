// SPDX-License-Identifier: BSD-3-Clause
#include "lib/dataplane/table.h"

#include <cassert>
#include <utility>

namespace carp::dataplane {
namespace {

constexpr unsigned kCellBitsMin = 4;

}  // namespace

ForwardTable::ForwardTable(uint64_t generation, const LeaseBoard& leases,
                           std::vector<Interface> interfaces)
    : generation_(generation),
      leases_(&leases),
      interfaces_(std::move(interfaces)),
      vhosts_(interfaces_.size() * 256, kNoSlot) {
  assert(interfaces_.size() <= kMaxInterfaces);
  resize(kCellBitsMin);
}

void ForwardTable::add(InterfaceIndex interface, net::Ipv4Address address, bool shared,
                       std::span<const Slot> slots) {
  assert(interface < interfaces_.size());
  assert(!slots.empty());
  assert(find(interface, address) == nullptr);
  if ((address_count_ + 1) * 2 > cells_.size()) resize(cell_bits_ + 1);
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
  size_t i = key >> (64 - cell_bits_);
  while (cells_[i].interface != kNoInterface) i = (i + 1) & (cells_.size() - 1);
  cells_[i] = group;
  if (!group.shared) return;
  const uint64_t bit = key >> (64 - cell_bits_ - kFilterShift);
  filter_[bit / 64] |= uint64_t{1} << (bit % 64);
}

void ForwardTable::resize(unsigned cell_bits) {
  cell_bits_ = cell_bits;
  filter_.assign((size_t{1} << (cell_bits + kFilterShift)) / 64, 0);
  const auto old = std::exchange(cells_, std::vector<AddressGroup>(size_t{1} << cell_bits));
  for (const AddressGroup& cell : old) {
    if (cell.interface != kNoInterface) insert(cell);
  }
}

}  // namespace carp::dataplane
