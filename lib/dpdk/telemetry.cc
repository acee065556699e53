// SPDX-License-Identifier: BSD-3-Clause
#include "lib/dpdk/telemetry.h"

#include <rte_telemetry.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <exception>
#include <nlohmann/json.hpp>
#include <utility>

namespace carp::dpdk {
namespace {

using Json = nlohmann::ordered_json;

// DPDK sends 16 KiB at most and leaves out what goes beyond without a word.
constexpr size_t kListMax = 32;

// Complete before DPDK knows the first command, and never destroyed: nobody joins DPDK's threads.
const std::vector<TelemetryCommand>* g_commands = nullptr;

[[nodiscard]] rte_tel_data* list_of(const Json& values);
void fill(rte_tel_data* object, const Json& values);

// DPDK 22.11 knows strings, whole numbers, and objects and lists of them: true is 1, a fraction is
// written as a string, and what is null is left out. It prints no list of objects inside of
// anything: such a one becomes an object, its keys counting from 0.
void add(rte_tel_data* object, const std::string& key, const Json& value) {
  const char* name = key.c_str();
  if (value.is_null()) return;
  if (value.is_boolean()) {
    rte_tel_data_add_dict_int(object, name, value.get<bool>() ? 1 : 0);
  } else if (value.is_number_unsigned()) {
    rte_tel_data_add_dict_u64(object, name, value.get<uint64_t>());
  } else if (value.is_number_integer()) {
    rte_tel_data_add_dict_int(object, name, value.get<int>());
  } else if (value.is_number_float()) {
    rte_tel_data_add_dict_string(object, name, value.dump().c_str());
  } else if (value.is_string()) {
    rte_tel_data_add_dict_string(object, name, value.get_ref<const std::string&>().c_str());
  } else if (value.is_array() && (value.empty() || !value.front().is_object())) {
    rte_tel_data_add_dict_container(object, name, list_of(value), 0);
  } else {
    rte_tel_data* const inner = rte_tel_data_alloc();
    if (inner == nullptr) return;
    fill(inner, value);
    rte_tel_data_add_dict_container(object, name, inner, 0);
  }
}

void fill(rte_tel_data* object, const Json& values) {
  rte_tel_data_start_dict(object);
  size_t position = 0;
  for (const auto& [key, value] : values.items())
    add(object, values.is_array() ? std::to_string(position++) : key, value);
}

rte_tel_data* list_of(const Json& values) {
  rte_tel_data* const list = rte_tel_data_alloc();
  if (list == nullptr) return nullptr;
  rte_tel_data_start_array(list, RTE_TEL_STRING_VAL);
  for (size_t i = 0; i < values.size() && i < kListMax; ++i) {
    const std::string text =
        values[i].is_string() ? values[i].get<std::string>() : values[i].dump();
    rte_tel_data_add_array_string(list, text.c_str());
  }
  return list;
}

// DPDK hands its callbacks nothing of ours but the command's name. Throws nothing into its C.
int answer_command(const char* name, const char* parameters, rte_tel_data* answer) noexcept {
  const auto command = std::ranges::find(*g_commands, name, &TelemetryCommand::name);
  if (command == g_commands->end()) return -ENOENT;
  try {
    const auto text = command->answer(parameters == nullptr ? "" : parameters);
    if (!text) return -EAGAIN;
    fill(answer, Json::parse(*text));
    return 0;
  } catch (const std::exception&) {
    return -ENOMEM;
  }
}

}  // namespace

void add_telemetry_commands(std::vector<TelemetryCommand> commands) {
  assert(g_commands == nullptr);
  g_commands = new std::vector<TelemetryCommand>(std::move(commands));
  for (const TelemetryCommand& command : *g_commands) {
    [[maybe_unused]] const int registered =
        rte_telemetry_register_cmd(command.name.c_str(), answer_command, command.help.c_str());
    assert(registered == 0);
  }
}

}  // namespace carp::dpdk
