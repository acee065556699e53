// SPDX-License-Identifier: BSD-3-Clause
//
// `show TOPIC [json]` (I3.4): a table for people or one JSON document on one line. Used by the
// console's commands, and by whatever else publishes these documents. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "lib/control/show_pieces.h"

namespace carp::control {

inline constexpr std::string_view kJson = "json";

enum class ShowForm : uint8_t { text, json };

// Lines, each ended by \n; nothing where there is no such topic.
[[nodiscard]] std::optional<std::string> show(std::string_view topic, ShowForm form,
                                              const ShowInput& input);
// The same in pieces, for control itself.
[[nodiscard]] std::optional<Pieces> show_in_pieces(std::string_view topic, ShowForm form,
                                                   const ShowInput& input);

// The names of all topics, in one line.
[[nodiscard]] std::string show_topics(std::string_view separator);

}  // namespace carp::control
