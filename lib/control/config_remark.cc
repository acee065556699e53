// SPDX-License-Identifier: BSD-3-Clause
#include "lib/control/config_remark.h"

#include <algorithm>

namespace carp::control {
namespace {

constexpr size_t kShownMax = 60;

}  // namespace

std::string to_text(std::string_view file, const Remark& remark) {
  std::string text(file);
  if (remark.line > 0) text += ':' + std::to_string(remark.line);
  return text + ": " + remark.message;
}

void Findings::add(std::vector<Remark>& remarks, Remark remark) {
  if (remarks.size() > kRemarksMax) return;
  if (remarks.size() == kRemarksMax)
    remark = {0,
              "there are more than " + std::to_string(kRemarksMax) + "; the others are not shown"};
  remarks.push_back(std::move(remark));
}

void Findings::sort() {
  std::ranges::stable_sort(faults, {}, &Remark::line);
  std::ranges::stable_sort(warnings, {}, &Remark::line);
}

std::string shown(std::string_view text) {
  const auto is_shown = [](char c) { return c > ' ' && c <= '~' && c != '='; };
  const auto end = std::ranges::find_if_not(text.substr(0, kShownMax), is_shown);
  const auto length = static_cast<size_t>(end - text.begin());
  return std::string(text.substr(0, length)) + (length < text.size() ? "..." : "");
}

}  // namespace carp::control
