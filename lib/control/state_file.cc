// SPDX-License-Identifier: BSD-3-Clause
#include "lib/control/state_file.h"

#include <atomic>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>

#include "lib/control/replace_file.h"

namespace carp::control {
namespace {

constexpr proto::Duration kSavePause = std::chrono::minutes(1);

[[nodiscard]] std::string file_name(const std::string& state_dir) {
  return state_dir + "/counters";
}

[[nodiscard]] std::string text_of(const Counters& counters) {
  std::ostringstream text;
  for (const auto& [key, counter] : counters) text << key << ' ' << std::hex << counter << '\n';
  return text.str();
}

}  // namespace

Counters load_counters(const std::string& state_dir) {
  Counters counters;
  std::ifstream file(file_name(state_dir));
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string interface;
    unsigned vhid = 0;
    uint64_t counter = 0;
    if (words >> interface >> vhid >> std::hex >> counter && words.eof() && vhid <= 255)
      counters[interface + ' ' + std::to_string(vhid)] = counter;
  }
  return counters;
}

std::string save_counters(const std::string& state_dir, const Counters& counters) {
  std::error_code error;
  std::filesystem::create_directories(state_dir, error);
  return replace_file(file_name(state_dir), text_of(counters));
}

bool load_maintenance(const std::string& state_dir) {
  std::string word;
  return std::ifstream(state_dir + "/maintenance") >> word && word == "on";
}

std::string save_maintenance(const std::string& state_dir, bool on) {
  std::error_code error;
  std::filesystem::create_directories(state_dir, error);
  return replace_file(state_dir + "/maintenance", on ? "on\n" : "off\n");
}

struct StateFile::Outcome {
  std::string error;  // the helper's until it is done
  std::atomic<bool> is_done{false};
};

StateFile::StateFile(std::string state_dir, Helper& helper)
    : state_dir_(std::move(state_dir)), helper_(helper) {}

void StateFile::save(CounterList counters, proto::TimePoint now) {
  auto outcome = std::make_shared<Outcome>();
  const bool started =
      helper_.try_start([outcome, state_dir = state_dir_, counters = std::move(counters)] {
        outcome->error = save_counters(state_dir, counters.by_key());
        outcome->is_done.store(true, std::memory_order_release);
      });
  if (!started) return;
  last_ = std::move(outcome);
  due_ = now + kSavePause;
}

std::string StateFile::take_error() {
  if (!last_ || !last_->is_done.load(std::memory_order_acquire)) return "";
  return std::exchange(last_, nullptr)->error;
}

}  // namespace carp::control
