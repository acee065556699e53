// SPDX-License-Identifier: BSD-3-Clause
#include "lib/control/show_json_list.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace carp::control {
namespace {

[[nodiscard]] std::string dumped(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

std::string document(const Json& json) { return dumped(json) + '\n'; }

Part part_of(Window window, size_t size) {
  const size_t first = std::min(window.first, size);
  return {.first = first, .count = std::min(window.count, size - first), .size = size};
}

Json with_list(Json object, const char* name, const Part& part) {
  object[name] = Json::array();
  if (part.count < part.size) object["total"] = part.size;
  return object;
}

// Text in the document cannot be taken for the list: quotes in it are escaped.
Pieces list_in_pieces(const Json& json, const char* name, const Part& part, EntryJson entry) {
  std::string head = document(json);
  const std::string list = '"' + std::string(name) + "\":[]";
  assert(head.find(list) != std::string::npos);
  const size_t split = head.find(list) + list.size() - 1;
  std::string tail = head.substr(split);
  head.erase(split);
  return [head = std::move(head), tail = std::move(tail), entry = std::move(entry),
          next = part.first, end = part.first + part.count,
          comma = ""](const ShowInput& input, std::string& text) mutable {
    text += std::exchange(head, {});
    const size_t last = next + std::min(end - next, kEntriesAPiece);
    for (; next < last; ++next) {
      const std::optional<Json> json = entry(input, next);
      if (json) text += std::exchange(comma, ",") + dumped(*json);
    }
    if (next < end) return true;
    text += tail;
    return false;
  };
}

}  // namespace carp::control
