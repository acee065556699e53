// SPDX-License-Identifier: BSD-3-Clause
//
// Long answers, made in pieces between which control does everything else: how much a piece holds,
// and what becomes of those who come and go meanwhile.
#include "lib/control/show_pieces.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

#include "lib/control/config_lines.h"
#include "lib/control/show.h"
#include "tests/control/command_rig.h"
#include "tests/control/neighbour.h"

namespace carp::control {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

constexpr unsigned kMany = 100;

// carp0 to carp99 on lan0, half of them down; each has heard somebody, and a history.
[[nodiscard]] CommandRig with_many() {
  std::vector<proto::VhostConfig> vhosts;
  for (unsigned i = 0; i < kMany; ++i) {
    vhosts.push_back(vhost("carp" + std::to_string(i), static_cast<uint8_t>(i + 1),
                           "192.168.1." + std::to_string(i + 100) + "/24"));
    vhosts.back().up = i % 2 == 0;
  }
  CommandRig console(lab_config(std::move(vhosts)));
  for (const auto& entry : console.rig.engine().vhosts())
    console.rig.hear(Neighbour(entry->config).advert({1, 0}));
  console.say("maintenance on");
  return console;
}

// The pieces of an answer, none of them empty.
[[nodiscard]] std::vector<std::string> pieces_of(CommandRig& console, std::string_view line) {
  std::vector<std::string> pieces;
  Reply reply = console.begin(line);
  for (;;) {
    if (!reply.text.empty()) pieces.push_back(reply.text);
    if (!reply.waiting) return pieces;
    reply = console.go_on(*reply.waiting);
  }
}

[[nodiscard]] std::vector<std::string> names_in(const json& document) {
  std::vector<std::string> names;
  for (const json& vhost : document.at("vhosts")) names.push_back(vhost.at("name"));
  return names;
}

// Piece by piece an answer is what it is at once.
TEST(ShowPieces, TogetherAreTheWhole) {
  CommandRig console = with_many();
  const ShowInput input{console.rig.engine(), console.view, console.rig.now()};
  for (const std::string& topic : split_words(show_topics(" "))) {
    for (const ShowForm form : {ShowForm::text, ShowForm::json}) {
      const std::string all = show(topic, form, input).value();
      const Pieces pieces = show_in_pieces(topic, form, input).value();
      std::string text;
      for (bool goes_on = true; goes_on;) {
        std::string piece;
        goes_on = pieces(input, piece);
        text += piece;
      }
      EXPECT_EQ(text, all) << topic;
      EXPECT_EQ(json::accept(text), form == ShowForm::json) << topic;
    }
  }
}

// Nobody is told of more than so many in one pass, whatever is asked for.
TEST(ShowPieces, HoldAFewEntriesEach) {
  CommandRig console = with_many();
  const auto most = [&](std::string_view line, std::string_view mark) {
    size_t most = 0;
    for (const std::string& piece : pieces_of(console, line)) {
      size_t count = 0;
      for (size_t at = piece.find(mark); at != piece.npos; at = piece.find(mark, at + 1)) ++count;
      most = std::max(most, count);
    }
    return most;
  };
  EXPECT_EQ(most("show vhosts json", "{\"name\":\"carp"), kEntriesAPiece);
  EXPECT_EQ(most("show peers json", "{\"interface\":"), kEntriesAPiece);
  EXPECT_EQ(most("show history json", "{\"time\":"), kEntriesAPiece);
  EXPECT_EQ(most("show config json", "{\"name\":\"carp"), kEntriesAPiece);
  EXPECT_EQ(most("show config", "[carp"), kEntriesAPiece);
  EXPECT_EQ(most("ifconfig", ": flags="), kEntriesAPiece);
  EXPECT_EQ(most("ifconfig -a", ": flags="), kEntriesAPiece);
}

// The lines of a table come when all of its rows are known, and not all at once either.
TEST(ShowPieces, ATableComesByLines) {
  CommandRig console;
  const ShowInput input{console.rig.engine(), console.view, console.rig.now()};
  ShowTable table({{"NUMBER", Align::right}});
  table.add_below("the end");
  const size_t count = 2 * kLinesAPiece;
  const Pieces pieces = table_in_pieces(
      std::move(table), count,
      [](const ShowInput&, size_t number, ShowTable& rows) { rows.add({std::to_string(number)}); });
  size_t lines = 0;
  std::string text;
  for (bool goes_on = true; goes_on;) {
    std::string piece;
    goes_on = pieces(input, piece);
    const auto more = static_cast<size_t>(std::ranges::count(piece, '\n'));
    EXPECT_LE(more, kLinesAPiece);
    lines += more;
    text += piece;
  }
  EXPECT_EQ(lines, count + 2);
  EXPECT_TRUE(text.starts_with("NUMBER\n     0\n     1\n"));
  EXPECT_TRUE(text.ends_with("   511\nthe end\n"));
}

TEST(ShowPieces, OfAFewComeAtOnce) {
  CommandRig console(lab_config({vhost("carp0", 1, "192.168.1.50/24")}));
  for (const auto* line : {"show vhosts", "show vhosts json", "show config json", "ifconfig"})
    EXPECT_FALSE(console.begin(line).waiting) << line;
}

// Who was there at the question and is there at his turn is in the answer, once.
TEST(ShowPieces, WhoGoesMeanwhileIsLeftOutAndWhoComesIsNotIn) {
  CommandRig console = with_many();
  Reply reply = console.begin("show vhosts json");
  std::string text = reply.text;
  console.say("ifconfig carp0 destroy");   // told already
  console.say("ifconfig carp20 destroy");  // and one whose turn comes
  console.say("ifconfig carp99 destroy");  // the last
  console.say("ifconfig carp30 destroy && ifconfig carp30 vhid 250 192.168.1.249/24 create");
  console.say("ifconfig carp200 vhid 251 192.168.1.250/24 create");
  while (reply.waiting) text += (reply = console.go_on(*reply.waiting)).text;
  const auto names = names_in(json::parse(text));
  EXPECT_EQ(names.size(), kMany - 2);
  EXPECT_EQ(std::set(names.begin(), names.end()).size(), names.size());
  EXPECT_THAT(names, testing::Contains("carp0"));
  EXPECT_THAT(names, testing::Contains("carp30"));
  for (const auto* name : {"carp20", "carp99", "carp200"})
    EXPECT_THAT(names, Not(testing::Contains(name)));
}

TEST(ShowPieces, AllOthersMayGoMeanwhile) {
  for (const std::string line : {"show vhosts json", "show config json", "show peers json"}) {
    CommandRig console = with_many();
    Reply reply = console.begin(line);
    std::string text = reply.text;
    for (unsigned i = 0; i < kMany; ++i)
      console.say("ifconfig carp" + std::to_string(i) + " destroy");
    while (reply.waiting) text += (reply = console.go_on(*reply.waiting)).text;
    EXPECT_TRUE(json::accept(text)) << text;
  }
}

// Any coming and going between any two pieces of any answer: documents stay documents, tables
// tables, and no name comes twice. The seed is in the failure.
TEST(ShowPieces, AnythingMayHappenMeanwhile) {
  std::mt19937 random(7);
  const auto one_of = [&](unsigned count) { return static_cast<unsigned>(random() % count); };
  for (const std::string line : {"show vhosts json", "show peers json", "show config json",
                                 "show history json", "show demotion json", "show vhosts",
                                 "show peers", "show config", "show history", "ifconfig"}) {
    SCOPED_TRACE(line);
    CommandRig console = with_many();
    Reply reply = console.begin(line);
    std::string text = reply.text;
    while (reply.waiting) {
      for (unsigned i = one_of(30); i > 0; --i) {
        const std::string number = std::to_string(one_of(kMany));
        const std::string vhid = std::to_string(one_of(255) + 1);
        const std::string address = "192.168.1." + std::to_string(one_of(200) + 50) + "/24";
        console.say("ifconfig carp" + number + " destroy");
        console.say("ifconfig carp" + number + " create vhid " + vhid + ' ' + address);
      }
      text += (reply = console.go_on(*reply.waiting)).text;
    }
    EXPECT_TRUE(text.ends_with('\n'));
    if (!line.ends_with("json")) continue;
    ASSERT_TRUE(json::accept(text)) << text;
    if (line != "show vhosts json") continue;
    const auto names = names_in(json::parse(text));
    EXPECT_EQ(std::set(names.begin(), names.end()).size(), names.size());
  }
}

TEST(ShowPieces, TheRestOfTheLineComesAfterTheLast) {
  CommandRig console = with_many();
  const std::string line = "demote && show vhosts json && demote +5 && demote && nonsense && quit";
  Reply reply = console.begin(line);
  EXPECT_THAT(reply.text, testing::StartsWith("demotion: 240\n{\"vhosts\":["));
  EXPECT_EQ(console.say("demote"), "demotion: 240\n");
  std::string text;
  while (reply.waiting) text += (reply = console.go_on(*reply.waiting)).text;
  EXPECT_THAT(text, HasSubstr("}\ndemotion: 245\nerror: unknown command"));
  EXPECT_TRUE(reply.error);
  EXPECT_FALSE(reply.quit);
}

// Two that ask at the same time get an answer each.
TEST(ShowPieces, AnswersDoNotMixUp) {
  CommandRig console = with_many();
  Reply first = console.begin("show vhosts json");
  Reply second = console.begin("show vhosts json");
  std::string text = first.text;
  std::string other = second.text;
  while (first.waiting || second.waiting) {
    if (first.waiting) text += (first = console.go_on(*first.waiting)).text;
    if (second.waiting) other += (second = console.go_on(*second.waiting)).text;
  }
  EXPECT_EQ(names_in(json::parse(text)).size(), kMany);
  EXPECT_EQ(names_in(json::parse(other)).size(), kMany);
}

}  // namespace
}  // namespace carp::control
