// SPDX-License-Identifier: BSD-3-Clause
//
// What there is to say about a line of carp.ini, and how it is said. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace carp::control {

// A remark on one line.
struct Remark {
  int line = 0;  // 0: the file as a whole
  std::string message;
  [[nodiscard]] friend bool operator==(const Remark&, const Remark&) = default;
};

// "FILE:LINE: message" (I1.2), or "FILE: message" for the file as a whole.
[[nodiscard]] std::string to_text(std::string_view file, const Remark& remark);

// Of each kind. Whoever gave a log or a disk image as configuration needs no million of them, and
// the answer to a reload is made on control's thread.
inline constexpr size_t kRemarksMax = 1000;

// Faults forbid the file, warnings do not. Neither ever holds a password (I5.3). What is beyond
// kRemarksMax is not kept, which one more says.
struct Findings {
  std::vector<Remark> faults;
  std::vector<Remark> warnings;

  void fault(int line, std::string message) { add(faults, {line, std::move(message)}); }
  void warn(int line, std::string message) { add(warnings, {line, std::move(message)}); }
  // In the order of lines; remarks on one line keep the order in which they were found.
  void sort();

 private:
  static void add(std::vector<Remark>& remarks, Remark remark);
};

// Text of the user's as a message may hold it: printable, not endless, and no further than its
// first blank or '=', since a line with a password may have run into this one.
[[nodiscard]] std::string shown(std::string_view text);

}  // namespace carp::control
