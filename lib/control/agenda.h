// SPDX-License-Identifier: BSD-3-Clause
//
// When each virtual host wants to be looked at, by its lease index: a heap, so that of thousands
// only those are touched whose time has come. Pure; part of the engine.
#pragma once

#include <cstdint>
#include <vector>

#include "lib/proto/time.h"

namespace carp::control {

class Agenda {
 public:
  // For indexes up to `last`.
  explicit Agenda(uint16_t last) : places_(size_t{last} + 1, kNowhere) {}

  // Enters `who`, or moves it.
  void set(uint16_t who, proto::TimePoint when);
  // Does nothing where it is not entered.
  void erase(uint16_t who);

  // The time of the first; kNever where there is nobody.
  [[nodiscard]] proto::TimePoint first() const noexcept;
  // Takes out who is due at `now` and appends it to `due`: the longest due first, of equals the
  // lowest index.
  void take_due(proto::TimePoint now, std::vector<uint16_t>& due);

 private:
  struct Item {
    proto::TimePoint when;
    uint16_t who = 0;
    [[nodiscard]] friend auto operator<=>(const Item&, const Item&) = default;
  };
  static constexpr uint32_t kNowhere = ~uint32_t{0};

  // Puts `item` where it belongs, from the free place `at` up or down.
  void sift(size_t at, Item item);
  void put(size_t at, const Item& item);

  std::vector<Item> items_;       // each not before its parent, which is at (i - 1) / 2
  std::vector<uint32_t> places_;  // by index: in items_
};

}  // namespace carp::control
