// SPDX-License-Identifier: BSD-3-Clause
#include "lib/control/show.h"

#include <algorithm>
#include <array>

#include "lib/control/show_config.h"
#include "lib/control/show_json.h"
#include "lib/control/show_text.h"

namespace carp::control {
namespace {

using Writer = Pieces (*)(const ShowInput&);

struct Topic {
  std::string_view name;
  Writer text;
  Writer json;
};

constexpr std::array kTopics{
    Topic{"vhosts", vhosts_text, vhosts_json},
    Topic{"interfaces", interfaces_text, interfaces_json},
    Topic{"workers", workers_text, workers_json},
    Topic{"peers", peers_text, peers_json},
    Topic{"statistics", statistics_text, statistics_json},
    Topic{"demotion", demotion_text, demotion_json},
    Topic{"history", history_text, history_json},
    Topic{"config", config_text, config_json},
    Topic{"version", version_text, version_json},
};

}  // namespace

std::optional<std::string> show(std::string_view topic, ShowForm form, const ShowInput& input) {
  const auto pieces = show_in_pieces(topic, form, input);
  if (!pieces) return std::nullopt;
  return whole(*pieces, input);
}

std::optional<Pieces> show_in_pieces(std::string_view topic, ShowForm form,
                                     const ShowInput& input) {
  const auto found = std::ranges::find(kTopics, topic, &Topic::name);
  if (found == kTopics.end()) return std::nullopt;
  return form == ShowForm::json ? found->json(input) : found->text(input);
}

std::string show_topics(std::string_view separator) {
  std::string names;
  for (const Topic& topic : kTopics) {
    if (!names.empty()) names += separator;
    names += topic.name;
  }
  return names;
}

}  // namespace carp::control
