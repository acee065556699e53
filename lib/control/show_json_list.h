// SPDX-License-Identifier: BSD-3-Clause
//
// JSON documents on one line with a list in them that may be long, made in pieces (show_pieces.h).
// Pure; control only.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "lib/control/show_pieces.h"

namespace carp::control {

// Keys stay in the order in which interface.md names them.
using Json = nlohmann::ordered_json;

// One line with its end. Bytes that are no UTF-8 are replaced, never passed on.
[[nodiscard]] std::string document(const Json& json);

// What a window shows of a list that has `size` entries.
struct Part {
  size_t first = 0;
  size_t count = 0;
  size_t size = 0;
};

[[nodiscard]] Part part_of(Window window, size_t size);

// The object with an empty list under the key `name`, and "total" where the part is not all.
[[nodiscard]] Json with_list(Json object, const char* name, const Part& part);

// The entry of that number; nothing where it has gone.
using EntryJson = std::function<std::optional<Json>(const ShowInput& input, size_t number)>;

// The document with the entries in their list. Requires: the list is there, empty, and is the
// first of that name.
[[nodiscard]] Pieces list_in_pieces(const Json& json, const char* name, const Part& part,
                                    EntryJson entry);

}  // namespace carp::control
