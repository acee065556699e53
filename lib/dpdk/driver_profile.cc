// SPDX-License-Identifier: BSD-3-Clause
#include "lib/dpdk/driver_profile.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <charconv>
#include <optional>

namespace carp::dpdk {
namespace {

constexpr std::string_view kBlanks = " \t\r";

[[nodiscard]] std::string_view trim(std::string_view text) {
  const size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

// One word of a choice, and what it stands for.
template <typename Value>
struct Word {
  std::string_view word;
  Value value;
};

template <typename Value, size_t kCount>
[[nodiscard]] bool choose(std::string_view word, const std::array<Word<Value>, kCount>& words,
                          Value& value) {
  for (const Word<Value>& entry : words) {
    if (entry.word != word) continue;
    value = entry.value;
    return true;
  }
  return false;
}

constexpr std::array<Word<ReceiveQueues>, 2> kReceiveWords{
    {{"workers", ReceiveQueues::workers}, {"all", ReceiveQueues::all}}};
constexpr std::array<Word<LinkSource>, 3> kLinkWords{
    {{"driver", LinkSource::driver}, {"kernel", LinkSource::kernel}, {"none", LinkSource::none}}};
constexpr std::array<Word<MacTable>, 3> kMacTableWords{
    {{"usable", MacTable::usable}, {"refuses", MacTable::refuses}, {"prunes", MacTable::prunes}}};
constexpr std::array<Word<bool>, 2> kBoolWords{{{"yes", true}, {"no", false}}};

[[nodiscard]] bool read_count(std::string_view text, uint16_t& count) {
  uint16_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value == 0) return false;
  count = value;
  return true;
}

enum class Setting : uint8_t { done, unknown_key, bad_value };

[[nodiscard]] Setting set(DriverProfile& profile, std::string_view key, std::string_view value) {
  const auto outcome = [](bool good) { return good ? Setting::done : Setting::bad_value; };
  if (key == "queues_max") return outcome(read_count(value, profile.queues_max));
  if (key == "receive") return outcome(choose(value, kReceiveWords, profile.receive));
  if (key == "equal_queues") return outcome(choose(value, kBoolWords, profile.equal_queues));
  if (key == "dense_pool") return outcome(choose(value, kBoolWords, profile.dense_pool));
  if (key == "hardware_queues") return outcome(choose(value, kBoolWords, profile.hardware_queues));
  if (key == "link") return outcome(choose(value, kLinkWords, profile.link));
  if (key == "mac_table") return outcome(choose(value, kMacTableWords, profile.mac_table));
  return Setting::unknown_key;
}

// What is wrong with a line, or nothing.
[[nodiscard]] std::optional<std::string> read_line(DriverProfile& profile, std::string_view line) {
  line = trim(line.substr(0, line.find('#')));
  if (line.empty()) return std::nullopt;
  const size_t equals = line.find('=');
  if (equals == std::string_view::npos) return "no `key = value`: " + std::string(line);
  const std::string_view key = trim(line.substr(0, equals));
  const std::string_view value = trim(line.substr(equals + 1));
  switch (set(profile, key, value)) {
    case Setting::unknown_key: return "unknown key " + std::string(key);
    case Setting::bad_value: return "bad value for " + std::string(key) + ": " + std::string(value);
    case Setting::done: break;
  }
  return std::nullopt;
}

}  // namespace

DriverProfile default_profile(std::string_view driver) {
  DriverProfile profile;
  profile.driver = driver;
  return profile;
}

net::Result<DriverProfile, std::string> parse_profile(std::string_view driver,
                                                      std::string_view text) {
  DriverProfile profile = default_profile(driver);
  profile.known = true;
  for (int number = 1; !text.empty(); ++number) {
    const size_t end = text.find('\n');
    if (const auto fault = read_line(profile, text.substr(0, end))) {
      return std::to_string(number) + ": " + *fault;
    }
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
  }
  return profile;
}

DriverProfile profile_of(std::string_view driver) {
  const auto files = profile_files();
  const auto file = std::find_if(files.begin(), files.end(),
                                 [driver](const ProfileFile& f) { return f.driver == driver; });
  if (file == files.end()) return default_profile(driver);
  const auto profile = parse_profile(driver, file->text);
  // A test reads every file that is embedded.
  assert(profile.ok());
  return profile.ok() ? profile.value() : default_profile(driver);
}

}  // namespace carp::dpdk
