// SPDX-License-Identifier: BSD-3-Clause
//
// Why this host should not be the preferred master: a list of present causes, each with an amount
// (D10, C85 to C89). While there is any, the host advertises with advskew 240. Pure; control only.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lib/proto/interval.h"
#include "lib/proto/time.h"

namespace carp::proto {

inline constexpr int kDemotionAmount = 240;  // of a cause, unless set (D10)

class Demotion {
 public:
  struct Cause {
    std::string name;     // "link lan0", "send errors", "operator"
    std::string subject;  // the virtual host it counts for (C86), as carp0; may be empty
    int amount = kDemotionAmount;
    TimePoint since;
  };

  // A cause is known by name and subject. Both return true where the sum changed; one that is
  // present already keeps its time and takes the new amount.
  bool raise(std::string_view name, std::string_view subject, int amount, TimePoint now);
  bool clear(std::string_view name, std::string_view subject);
  // Clears all causes of a virtual host that is removed.
  bool clear_subject(std::string_view subject);
  // `demote +N` and `demote -N`: the latter takes back only what the former added. Returns true
  // where the sum changed.
  bool adjust_operator(int amount, TimePoint now);

  // In the order of their coming.
  [[nodiscard]] std::vector<Cause> causes() const;
  [[nodiscard]] int total() const noexcept;  // sysctl-like sum
  [[nodiscard]] int count() const noexcept {
    return static_cast<int>(causes_.size());
  }  // suppress_preempt
  [[nodiscard]] bool any() const noexcept { return !causes_.empty(); }
  // Byte 4 of OpenBSD's advertisements (C90).
  [[nodiscard]] uint8_t wire_byte() const noexcept;

 private:
  // By subject, name: a link that many virtual hosts share is as many causes.
  using Key = std::pair<std::string, std::string>;
  struct Present {
    Cause cause;
    uint64_t number = 0;  // in the order of their coming
  };

  std::map<Key, Present> causes_;
  int64_t sum_ = 0;  // of their amounts
  uint64_t come_ = 0;
};

// C85: at least 240 while demoted; a configured 241 to 254 stays.
[[nodiscard]] constexpr uint8_t effective_skew(uint8_t advskew, bool demoted) noexcept {
  return demoted ? std::max(advskew, kSkewSuppressed) : advskew;
}

}  // namespace carp::proto
