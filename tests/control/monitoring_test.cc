// SPDX-License-Identifier: BSD-3-Clause
//
// The dashboard and the alert rules that ship with the project ask for nothing that the program
// does not tell, and the dashboard shows all that it tells.
#include <gtest/gtest.h>

#include <fstream>
#include <regex>
#include <set>
#include <sstream>

#include "lib/control/exposition.h"
#include "tests/control/command_rig.h"

namespace carp::control {
namespace {

using nlohmann::json;
using Names = std::set<std::string>;

[[nodiscard]] std::string read(const char* path) {
  std::ifstream file(path);
  EXPECT_TRUE(file.is_open()) << path;
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// Every word in `text` that begins with carp_.
[[nodiscard]] Names metrics_in(const std::string& text) {
  static const std::regex metric("\\bcarp_[a-z_]+");
  return {std::sregex_token_iterator(text.begin(), text.end(), metric), {}};
}

// All that a page holds a sample of.
[[nodiscard]] Names told() {
  CommandRig desk(lab_config({vhost("carp0", 1, "192.168.1.50/24")}));
  desk.view.workers = {{.lcore = 1}};
  desk.view.ports = {{.port = 0}};
  desk.view.versions = {"dpdk-carp 1.2.3"};
  Sample sample;
  take_sample({desk.rig.engine(), desk.view, desk.rig.now()}, sample);
  std::istringstream page(exposition(sample));
  Names names;
  for (std::string line; std::getline(page, line);)
    if (line.front() != '#') names.insert(line.substr(0, line.find_first_of("{ ")));
  return names;
}

void collect_queries(const json& panels, std::string& queries) {
  for (const json& panel : panels) {
    for (const json& target : panel.value("targets", json::array()))
      queries += target.at("expr").get<std::string>() + '\n';
    collect_queries(panel.value("panels", json::array()), queries);
  }
}

TEST(Monitoring, TheDashboardShowsWhatTheProgramTells) {
  const json dashboard = json::parse(read(DASHBOARD));
  std::string queries;
  collect_queries(dashboard.at("panels"), queries);
  const Names shown = metrics_in(queries);
  const Names names = told();
  for (const std::string& name : shown) EXPECT_TRUE(names.contains(name)) << name;
  for (const std::string& name : names) {
    const bool part_of_histogram = name.ends_with("_sum") || name.ends_with("_count");
    if (part_of_histogram || name == "carp_build_info") continue;
    EXPECT_TRUE(shown.contains(name)) << name << " is on no panel";
  }
}

TEST(Monitoring, NoTwoPanelsHaveOneNumberOrOnePlace) {
  const json dashboard = json::parse(read(DASHBOARD));
  std::set<int> numbers;
  std::set<std::pair<int, int>> places;
  for (const json& panel : dashboard.at("panels")) {
    EXPECT_TRUE(numbers.insert(panel.at("id").get<int>()).second) << panel.at("title");
    const json& place = panel.at("gridPos");
    for (int x = place.at("x"); x < place.at("x").get<int>() + place.at("w").get<int>(); ++x)
      for (int y = place.at("y"); y < place.at("y").get<int>() + place.at("h").get<int>(); ++y)
        EXPECT_TRUE(places.emplace(x, y).second && x < 24) << panel.at("title");
  }
}

TEST(Monitoring, AlertsAskForWhatTheProgramTells) {
  const Names asked = metrics_in(read(ALERTS));
  EXPECT_GE(asked.size(), 6u);
  const Names names = told();
  for (const std::string& name : asked) EXPECT_TRUE(names.contains(name)) << name;
}

}  // namespace
}  // namespace carp::control
