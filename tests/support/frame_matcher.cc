// SPDX-License-Identifier: BSD-3-Clause
#include "tests/support/frame_matcher.h"

#include <algorithm>

#include "tests/support/frame_fields.h"

namespace carp::support {
namespace {

[[nodiscard]] const std::string* value_of(const std::vector<Field>& fields,
                                          const std::string& name) {
  const auto found = std::find_if(fields.begin(), fields.end(),
                                  [&](const Field& field) { return field.name == name; });
  return found == fields.end() ? nullptr : &found->value;
}

}  // namespace

testing::AssertionResult same_frame(net::ConstBytes actual, net::ConstBytes expected) {
  if (std::ranges::equal(actual, expected)) return testing::AssertionSuccess();
  auto result = testing::AssertionFailure();
  result << "frames of " << actual.size() << " and, expected, " << expected.size() << " bytes\n";
  const auto ours = fields_of(actual);
  const auto theirs = fields_of(expected);
  for (const auto& [name, value] : theirs) {
    const std::string* found = value_of(ours, name);
    if (found == nullptr) result << "  " << name << ": absent, expected " << value << '\n';
    if (found != nullptr && *found != value) {
      result << "  " << name << ": " << *found << ", expected " << value << '\n';
    }
  }
  for (const auto& [name, value] : ours) {
    if (value_of(theirs, name) == nullptr) {
      result << "  " << name << ": " << value << ", expected to be absent\n";
    }
  }
  return result << "  actual   " << net::to_hex(actual) << "\n  expected " << net::to_hex(expected);
}

}  // namespace carp::support
