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
      layout_(std::make_shared<Layout>()),
      interface_cells_(layout_->interface_cells.data()) {
  assert(interfaces.size() <= kMaxInterfaces);
  layout_->interfaces = std::move(interfaces);
  layout_->vhosts.assign(layout_->interfaces.size() * 256, kNoSlot);
  auto& cells = layout_->interface_cells;
  cells.fill({.port = kNoPort});
  for (Interface& interface : layout_->interfaces) {
    interface.index = static_cast<InterfaceIndex>(&interface - layout_->interfaces.data());
    interface.key = key_of(interface.index, {});
    size_t i = interface_cell(interface.port, interface.vlan);
    while (cells[i].port != kNoPort) i = (i + 1) % kInterfaceCells;
    cells[i] = interface;
  }
  resize(kCellsMin);
}

ForwardTable::ForwardTable(uint64_t generation, const ForwardTable& other, const Masters& masters)
    : ForwardTable(other) {
  generation_ = generation;
  for (Slot& slot : slots_)
    if (slot.lease != kOwnLease) slot.master = masters[slot.lease];
}

void ForwardTable::add(InterfaceIndex interface, net::Ipv4Address address, bool shared,
                       std::span<const Slot> slots) {
  assert(layout_.use_count() == 1);
  assert(interface < layout_->interfaces.size());
  assert(!slots.empty());
  assert(find(interface, address) == nullptr);
  if (!shared) {
    layout_->own_addresses.push_back({interface, address});
    if (layout_->interfaces[interface].host != kNoHost) return;
  }
  if ((address_count() + 1) * 2 > layout_->cells.size()) resize(2 * layout_->cells.size());
  AddressGroup group;
  group.key = key_of(interface, address.wire());
  group.slot_count = static_cast<uint16_t>(slots.size());
  group.shared = shared;
  if (shared) {
    for (const Slot& slot : slots) add_vhost(interface, slot);
  }
  if (shared && slots.size() == 1) {
    group.first_slot = layout_->vhosts[vhost_place(interface, slots.front().vhid)];
  } else {
    group.first_slot = static_cast<uint32_t>(slots_.size());
    slots_.insert(slots_.end(), slots.begin(), slots.end());
  }
  insert(group);
  ++layout_->address_count;
}

void ForwardTable::add_vhost(InterfaceIndex interface, const Slot& slot) {
  assert(layout_.use_count() == 1);
  assert(interface < layout_->interfaces.size());
  assert(slot.vhid != 0);
  uint32_t& position = layout_->vhosts[vhost_place(interface, slot.vhid)];
  if (position != kNoSlot) return;
  position = static_cast<uint32_t>(slots_.size());
  slots_.push_back(slot);
}

const Interface* ForwardTable::find_host(HostId host) const noexcept {
  for (const Interface& interface : layout_->interfaces)
    if (interface.host == host) return &interface;
  return nullptr;
}

size_t ForwardTable::memory_bytes() const noexcept {
  const auto bytes = [](const auto& vector) { return vector.capacity() * sizeof(vector[0]); };
  return sizeof *this + sizeof *layout_ + bytes(layout_->cells) + bytes(layout_->filter) +
         bytes(slots_) + bytes(layout_->interfaces) + bytes(layout_->vhosts) +
         bytes(layout_->own_addresses);
}

// Requires: a free cell.
void ForwardTable::insert(const AddressGroup& group) noexcept {
  const size_t place = hash(group.key);
  size_t i = place & cell_mask_;
  while (cells_[i].key != kNoAddress) i = (i + 1) & cell_mask_;
  layout_->cells[i] = group;
  if (!group.shared) return;
  const size_t bit = place & filter_mask_;
  layout_->filter[bit / 64] |= uint64_t{1} << (bit % 64);
}

// Requires: a power of two.
void ForwardTable::resize(size_t cells) {
  const auto old = std::exchange(layout_->cells, std::vector<AddressGroup>(cells));
  layout_->filter.assign((cells << kFilterShift) / 64, 0);
  cells_ = layout_->cells.data();
  filter_ = layout_->filter.data();
  cell_mask_ = cells - 1;
  filter_mask_ = (cells << kFilterShift) - 1;
  for (const AddressGroup& cell : old) {
    if (cell.key != kNoAddress) insert(cell);
  }
}

}  // namespace carp::dataplane
