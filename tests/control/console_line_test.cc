// SPDX-License-Identifier: BSD-3-Clause
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "lib/control/http_request.h"
#include "lib/control/line_ends.h"
#include "lib/control/line_reader.h"
#include "lib/control/printable.h"
#include "lib/control/telnet_filter.h"

namespace carp::control {
namespace {

// What a reader makes of `bytes`: lines as they are, everything else by its name in brackets.
[[nodiscard]] std::vector<std::string> read(std::string_view bytes) {
  LineEnds ends;
  LineReader reader;
  std::vector<std::string> inputs;
  for (const char byte : bytes) {
    const auto one = ends.feed(byte);
    switch (one ? reader.feed(*one) : Input::none) {
      case Input::none:
      case Input::complete:
      case Input::help: break;
      case Input::line: inputs.emplace_back(reader.line()); break;
      case Input::too_long: inputs.emplace_back("<too long>"); break;
      case Input::not_text: inputs.emplace_back("<not text>"); break;
      case Input::interrupt: inputs.emplace_back("<interrupt>"); break;
      case Input::end: inputs.emplace_back("<end>"); break;
    }
  }
  return inputs;
}

using Inputs = std::vector<std::string>;

TEST(LineReader, EveryLineEndEndsOneLine) {
  using namespace std::string_view_literals;
  EXPECT_EQ(read("a\nb\r\nc\r\0d\re\n"sv), (Inputs{"a", "b", "c", "d", "e"}));
  EXPECT_EQ(read("\n\r\n\r\0\n"sv), (Inputs{"", "", "", ""}));
  EXPECT_EQ(read("\r\r\n"), (Inputs{"", ""}));
  EXPECT_EQ(read("half"), Inputs{});
}

TEST(LineReader, NulIsNothing) {
  using namespace std::string_view_literals;
  EXPECT_EQ(read("sh\0ow\0\n"sv), Inputs{"show"});
}

TEST(LineReader, KeepsTabsAndEverythingAboveAscii) {
  EXPECT_EQ(read("a\tb \xc3\xbc\n"), Inputs{"a\tb \xc3\xbc"});
}

// A line that loses a byte may be another command: it is refused whole, and only it.
TEST(LineReader, RefusesLinesWithControlCharacters) {
  for (int code = 1; code < 0x20; ++code) {
    const std::string_view handled{"\t\n\r\b\x03\x15"};
    if (handled.find(static_cast<char>(code)) != std::string_view::npos) continue;
    const std::string line = std::string("a") + static_cast<char>(code) + "b\nnext\n";
    EXPECT_EQ(read(line), (Inputs{"<not text>", "next"})) << code;
  }
}

TEST(LineReader, EditsAsATerminalDoes) {
  EXPECT_EQ(read("ab\bcd\x7f\x7fz\n"), Inputs{"az"});
  EXPECT_EQ(read("\b\b\n"), Inputs{""});
  EXPECT_EQ(read("wrong\x15right\n"), Inputs{"right"});
  EXPECT_EQ(read("wrong\x03right\n"), (Inputs{"<interrupt>", "right"}));
  EXPECT_EQ(read("\x04"), Inputs{"<end>"});
  EXPECT_EQ(read("a\b\x04"), Inputs{"<end>"});
  EXPECT_EQ(read("a\n\x04"), (Inputs{"a", "<end>"}));
}

TEST(LineReader, LimitsALineToItsLength) {
  const std::string longest(kLineBytesMax, 'x');
  EXPECT_EQ(read(longest + "\n"), Inputs{longest});
  EXPECT_EQ(read(longest + "y\nnext\n"), (Inputs{"<too long>", "next"}));
  EXPECT_EQ(read(longest + longest + "\bz\x04\n"), Inputs{"<too long>"});
  EXPECT_EQ(read(longest + "y\x03next\n"), (Inputs{"<interrupt>", "next"}));
}

TEST(LineReader, IsInsideALineUntilItsEnd) {
  LineReader reader;
  EXPECT_FALSE(reader.is_inside_line());
  (void)reader.feed('a');
  EXPECT_TRUE(reader.is_inside_line());
  (void)reader.feed('\n');
  EXPECT_FALSE(reader.is_inside_line());
}

constexpr int kEcho = 1;
constexpr int kGoAhead = 3;
constexpr int kWindow = 31;

// What is left of `bytes` for the line discipline; `replies` gets what goes back to the peer.
[[nodiscard]] std::string filter(std::string_view bytes, std::string* replies = nullptr) {
  TelnetFilter telnet;
  std::string data;
  for (const char byte : bytes) {
    if (const auto one = telnet.feed(byte)) data += *one;
    if (replies) *replies += telnet.take_replies();
  }
  return data;
}

TEST(TelnetFilter, RefusesEveryOptionButThree) {
  for (int option = 0; option < 256; ++option) {
    if (option == kEcho || option == kGoAhead || option == kWindow) continue;
    const char code = static_cast<char>(option);
    std::string replies;
    EXPECT_EQ(filter(std::string("a\xff\xfb") + code + "b\xff\xfd" + code + "c", &replies), "abc");
    EXPECT_EQ(replies, std::string("\xff\xfe") + code + "\xff\xfc" + code) << option;
    // Refusals are not answered, or two ends would talk for ever.
    replies.clear();
    EXPECT_EQ(filter(std::string("\xff\xfc") + code + "\xff\xfe" + code, &replies), "");
    EXPECT_EQ(replies, "") << option;
  }
}

TEST(TelnetFilter, OffersEditingAndEchoesForWhoAgrees) {
  TelnetFilter telnet;
  telnet.offer_editing();
  EXPECT_EQ(telnet.take_replies(), "\xff\xfb\x03\xff\xfb\x01\xff\xfd\x1f");
  EXPECT_FALSE(telnet.echoes());
  for (const char byte : std::string_view("\xff\xfd\x03\xff\xfd\x01\xff\xfb\x1f")) {
    EXPECT_FALSE(telnet.feed(byte));
  }
  EXPECT_TRUE(telnet.echoes());
  EXPECT_EQ(telnet.take_replies(), "");
  for (const char byte : std::string_view("\xff\xfe\x01")) (void)telnet.feed(byte);
  EXPECT_FALSE(telnet.echoes());
  EXPECT_EQ(telnet.take_replies(), "\xff\xfc\x01");
}

TEST(TelnetFilter, AgreesToEditForWhoAsksFirst) {
  std::string replies;
  EXPECT_EQ(filter("\xff\xfd\x01\xff\xfd\x03\xff\xfb\x1f", &replies), "");
  EXPECT_EQ(replies, "\xff\xfb\x01\xff\xfb\x03\xff\xfd\x1f");
}

TEST(TelnetFilter, ReadsTheWindowAndNothingElse) {
  const auto width = [](std::string_view bytes) {
    TelnetFilter telnet;
    for (const char byte : bytes) EXPECT_FALSE(telnet.feed(byte));
    return telnet.take_width();
  };
  using namespace std::string_view_literals;
  EXPECT_EQ(width("\xff\xfa\x1f\0\x78\0\x18\xff\xf0"sv), 120);
  EXPECT_EQ(width("\xff\xfa\x1f\0\xff\xff\0\x18\xff\xf0"sv), 255);   // IAC doubled
  EXPECT_EQ(width("\xff\xfa\x1f\0\0\0\0\xff\xf0"sv), 0);             // not known
  EXPECT_EQ(width("\xff\xfa\x1f\0\x78\0\xff\xf0"sv), std::nullopt);  // too short
  EXPECT_EQ(width("\xff\xfa\x1f\0\x78\0\x18\x18\xff\xf0"sv), std::nullopt);
  EXPECT_EQ(width("\xff\xfa\x20\0\x78\0\x18\xff\xf0"sv), std::nullopt);  // TERMINAL-SPEED
  EXPECT_EQ(width("\xff\xfa\x1f\0\x78\0\x18"sv), std::nullopt);          // has no end
}

TEST(TelnetFilter, TurnsCommandsIntoControlCharacters) {
  EXPECT_EQ(filter("\xff\xf4"), std::string(1, kInterrupt));       // IP
  EXPECT_EQ(filter("\xff\xec"), std::string(1, kEndOfInput));      // EOF
  EXPECT_EQ(filter("\xff\xf7"), std::string(1, kEraseCharacter));  // EC
  EXPECT_EQ(filter("\xff\xf8"), std::string(1, kEraseLine));       // EL
  EXPECT_EQ(filter("a\xff\xf1\xff\xf2\xff\xf9z"), "az");           // NOP, data mark, GA
  EXPECT_EQ(filter("\xff\xff"), "\xff");
  std::string replies;
  EXPECT_EQ(filter("\xff\xf6", &replies), "");  // are you there?
  EXPECT_NE(replies.find("yes"), std::string::npos);
}

// Nothing was agreed on, so nothing can be said about it; COMPRESS2 (86) in particular must not
// make the filter inflate what follows.
TEST(TelnetFilter, SwallowsSubnegotiations) {
  for (int option = 0; option < 256; ++option) {
    std::string replies;
    const char code = static_cast<char>(option);
    const std::string bytes =
        std::string("a\xff\xfa") + code + "\x01\x02\xff\xff\x03rest\xff\xf0" + "x\x9cz";
    EXPECT_EQ(filter(bytes, &replies), "ax\x9cz") << option;
    EXPECT_EQ(replies, "") << option;
  }
}

TEST(TelnetFilter, DoublesIacAndSpeaksAsThePeerDoes) {
  TelnetFilter telnet;
  EXPECT_EQ(telnet.encode("a\nb\xff\n"), "a\nb\xff\xff\n");
  (void)telnet.feed('\xff');
  EXPECT_EQ(telnet.encode("a\nb\xff\n"), "a\r\nb\xff\xff\r\n");
  EXPECT_EQ(telnet.encode("a\rb"), std::string("a\r\0b", 4));
}

// Any bytes at all: the filter gives at most one byte for each and never more replies than a
// refusal for each three.
TEST(TelnetFilter, SurvivesGarbage) {
  std::mt19937 random(1);
  for (int round = 0; round < 200; ++round) {
    std::string bytes(2000, '\0');
    for (char& byte : bytes) {
      byte = static_cast<char>(random() % 3 == 0 ? 240 + random() % 16 : random());
    }
    std::string replies;
    EXPECT_LE(filter(bytes, &replies).size(), bytes.size());
    EXPECT_LE(replies.size(), bytes.size() * 12);
  }
}

TEST(HttpRequest, IsKnownByItsFirstLine) {
  EXPECT_TRUE(is_http_request("GET / HTTP/1.1"));
  EXPECT_TRUE(is_http_request("POST /" + std::string(kLineBytesMax, 'x')));
  EXPECT_TRUE(is_http_request("OPTIONS * HTTP/1.0"));
  EXPECT_TRUE(is_http_request("ifconfig /carp0 HTTP/1.1"));
  EXPECT_TRUE(is_http_request("PRI * HTTP/2.0"));
  EXPECT_FALSE(is_http_request("show vhosts"));
  EXPECT_FALSE(is_http_request("GETTY"));
  EXPECT_FALSE(is_http_request(""));
}

TEST(Printable, LeavesTerminalsAlone) {
  EXPECT_EQ(printable("a\tb\n\x1b[2J\r\x7f\xc3\xbc\n"), "a\tb\n?[2J??\xc3\xbc\n");
  EXPECT_EQ(printable_error("error: \x9b\xc3\x1b\n"), "error: ???\n");
}

// I3.4: a range is written with a dash, also in an error.
TEST(Printable, ErrorsKeepTheCharactersOfTheirLanguage) {
  for (const char* text : {"error: advskew: 300 is not in 0–254\n", "ü", "€", "\U0001f600",
                           "\u00a0", "\u0800", "\ud7ff", "\ue000", "\U00010000", "\U0010ffff"}) {
    EXPECT_EQ(printable_error(text), text);
  }
}

// Nothing of what is no character, or a control character, comes through: not a byte of it above
// ASCII.
TEST(Printable, ErrorsKeepNothingElse) {
  EXPECT_EQ(printable_error("\xc2\x9b[2J"), "??[2J");      // CSI, written in UTF-8
  EXPECT_EQ(printable_error("\xc2\x80\xc2\x9f"), "????");  // first and last of C1
  EXPECT_EQ(printable_error("\xc1\x9b\xe0\x9f\xbf\xf0\x8f\xbf\xbf"), "?????????");  // too long
  EXPECT_EQ(printable_error("\xed\xa0\x80\xf4\x90\x80\x80\xff"), "????????");       // no characters
  EXPECT_EQ(printable_error("\xe2\x80"), "??");                                     // cut
  EXPECT_EQ(printable_error("\xe2\x80–\x93"), "??–?");
  for (int first = 0x80; first < 0x100; ++first)
    for (int second = 0; second < 0x80; ++second) {
      const std::string text{static_cast<char>(first), static_cast<char>(second)};
      EXPECT_EQ(printable_error(text)[0], '?') << first << ' ' << second;
    }
}

}  // namespace
}  // namespace carp::control
