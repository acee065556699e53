// SPDX-License-Identifier: BSD-3-Clause
//
// Keys in, lines and a row of the terminal out. After each piece of input the row shows the line,
// as far as it fits, with the cursor in its place.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>

#include "tests/control/typist.h"

namespace carp::control {
namespace {

using testing::Contains;
using testing::ElementsAre;

constexpr std::string_view kUp = "\x1b[A";
constexpr std::string_view kDown = "\x1b[B";

struct Typed {
  std::string keys;
  std::string line;
};

const std::vector<Typed> kTyped{
    {"show", "show"},
    {"x  y", "x  y"},
    {"yz\x1b[D\x1b[Dx", "xyz"},
    {"xz\x1b[Dy\x1b[Cw", "xyzw"},
    {"y\x01x\x05z", "xyz"},                    // Ctrl-A, Ctrl-E
    {"y\x1b[Hx\x1b[Fz", "xyz"},                // Home, End as xterm sends them
    {"y\x1bOHx\x1bOFz", "xyz"},                // in application mode
    {"y\x1b[1~x\x1b[4~z", "xyz"},              // as the Linux console does
    {"y\x1b[7~x\x1b[8~z", "xyz"},              // and rxvt
    {"y\x02x\x06z", "xyz"},                    // Ctrl-B, Ctrl-F
    {"xyw\x7fz", "xyz"},                       // DEL
    {"xyw\bz", "xyz"},                         // Ctrl-H
    {"xwyz\x1b[D\x1b[D\x1b[D\x1b[3~", "xyz"},  // Delete
    {"xwyz\x1b[D\x1b[D\x1b[D\x04", "xyz"},     // Ctrl-D
    {"xyz\x04\x1b[3~", "xyz"},                 // nothing there
    {"w xyz\x1b[D\x1b[D\x1b[D\x15", "xyz"},    // Ctrl-U: before the cursor
    {"xyzww\x1b[D\x1b[D\x0b", "xyz"},          // Ctrl-K: behind it
    {"xyz wrong word\x17\x17\x7f", "xyz"},     // Ctrl-W
    {"\x17\x15\x0bxyz", "xyz"},                // nothing there
    {"x\x1b[5~y\x1b[1;5Pz", "xyz"},            // Page Up and the like
    {"x\x1bwy\x1az", "xyz"},                   // Alt-w, Ctrl-Z
    {"x\x1b[99999999999999999999~yz", "xyz"},
    {"ü€\U0001f600\x1b[D\x7fx", "üx\U0001f600"},
    {"xü\x7fy", "xy"},
};

TEST(LineEditor, KeysDoWhatTheyDoInAShell) {
  for (const auto& [keys, line] : kTyped) {
    Typist typist;
    typist.type(keys);
    EXPECT_EQ(typist.screen.row(), "> " + line) << keys;
    typist.type("\n");
    EXPECT_THAT(typist.lines, ElementsAre(line)) << keys;
    // A byte a packet gives the same.
    Typist slow;
    for (const char byte : keys + '\n') slow.type({&byte, 1});
    EXPECT_THAT(slow.lines, ElementsAre(line)) << keys;
    EXPECT_EQ(slow.screen.above().back(), "> " + line) << keys;
  }
}

// What is typed at the end of a line is sent back as it is: a terminal on a slow way, or a program
// that waits for its own words, sees no more than that.
TEST(LineEditor, PlainTypingIsEchoedAsItIs) {
  LineEditor editor(kStart);
  for (const char byte : std::string_view("show vhosts\n")) (void)editor.feed(byte);
  EXPECT_EQ(editor.take_echo(), "show vhosts\n");
}

TEST(LineEditor, CtrlCThrowsTheLineAwayAndCtrlDEndsAnEmptyOne) {
  Typist typist;
  typist.type("wrong\x1b[D\x03");
  EXPECT_EQ(typist.screen.above().back(), "> wrong^C");
  typist.type("right\n\x04");
  EXPECT_THAT(typist.lines, ElementsAre("<interrupt>", "right", "<end>"));
  // Not even within a key that has not ended.
  typist.type("x\x1b[12\x03y\x1b\nz");
  EXPECT_THAT(typist.lines, ElementsAre("<interrupt>", "right", "<end>", "<interrupt>", "y"));
}

TEST(LineEditor, HistoryGoesUpAndDown) {
  Typist typist;
  typist.type("one\ntwo\n \n\ntwo\nhalf");
  const auto row_after = [&typist](std::string_view keys) {
    typist.type(keys);
    return typist.screen.row();
  };
  EXPECT_EQ(row_after(kUp), "> two");
  EXPECT_EQ(row_after(kUp), "> one");  // the same twice is once there, blank lines are not
  EXPECT_EQ(row_after(kUp), "> one");
  EXPECT_EQ(typist.screen.bells(), 1);
  EXPECT_EQ(row_after(kDown), "> two");
  EXPECT_EQ(row_after(kDown), "> half");
  EXPECT_EQ(row_after(kDown), "> half");
  EXPECT_EQ(row_after("\x10\x10!\n"), ">");  // Ctrl-P; what was recalled is changed
  EXPECT_EQ(typist.lines.back(), "one!");
  EXPECT_EQ(row_after(kUp), "> one!");
  EXPECT_EQ(row_after("\x03\x10\x10"), "> two");
  EXPECT_EQ(row_after("\x0e"), "> one!");  // Ctrl-N
}

TEST(LineEditor, HistoryHasAnEnd) {
  Typist typist;
  for (size_t i = 0; i < kHistoryMax + 5; ++i) typist.type("line " + std::to_string(i) + "\n");
  for (size_t i = 0; i < 2 * kHistoryMax; ++i) typist.type(kUp);
  EXPECT_EQ(typist.screen.row(), "> line 5");
}

// I3.1. A line that lost its end is another command: it is refused, and the next is not.
TEST(LineEditor, ALineHasAtMost1024Bytes) {
  const std::string longest(kLineBytesMax, 'x');
  Typist typist;
  typist.type(longest + "\n");
  typist.type(longest + "y\n");
  typist.type(longest + "y\x15z\n");
  EXPECT_THAT(typist.lines, ElementsAre(longest, "<too long>", "z"));
  typist.type(kUp);
  typist.type(kUp);
  EXPECT_EQ(typist.editor.line(), longest);  // the refused one is not in the history
}

TEST(LineEditor, TabPutsThereWhatAllChoicesBeginWith) {
  Typist typist;
  typist.type("ifconfig c\t");
  EXPECT_EQ(typist.screen.bells(), 1);  // no choice
  typist.choice = {.words = {"carp0", "carp1", "carp10"}, .typed = 1};
  typist.type("\t");
  EXPECT_EQ(typist.screen.row(), "> ifconfig carp");
  typist.choice.typed = 4;
  typist.type("\t");
  EXPECT_EQ(typist.screen.above().back(), "carp0  carp1  carp10");
  EXPECT_EQ(typist.screen.row(), "> ifconfig carp");
  typist.choice = {.words = {"carp1"}, .typed = 5};
  typist.type("1\t");
  EXPECT_EQ(typist.screen.row().size() + 1, typist.screen.column());  // a blank follows
  typist.type("up\n");
  EXPECT_THAT(typist.lines, ElementsAre("ifconfig carp1 up"));
  typist.choice = {.words = {"net.inet.carp.log"}, .typed = 1, .after = ""};
  typist.type("sysctl n\t=1\n");
  EXPECT_EQ(typist.lines.back(), "sysctl net.inet.carp.log=1");
}

TEST(LineEditor, TabInTheMiddleKeepsWhatIsBehind) {
  Typist typist;
  typist.choice = {.words = {"carp0"}, .typed = 1};
  typist.type("ifconfig cup\x1b[D\x1b[D\t");
  EXPECT_EQ(typist.screen.row(), "> ifconfig carp0 up");
  EXPECT_EQ(typist.screen.column(), std::string("> ifconfig carp0 ").size());
}

TEST(LineEditor, ManyChoicesAreNotAllShown) {
  Typist typist(40);
  for (int i = 0; i < 4080; ++i) typist.choice.words.push_back("carp" + std::to_string(i));
  typist.choice.typed = 4;
  typist.type("carp\t");
  EXPECT_EQ(typist.screen.above().back(), "and 3980 more");
  EXPECT_THAT(typist.screen.above(), Contains("carp0  carp1  carp2  carp3  carp4  carp5"));
}

TEST(LineEditor, AQuestionMarkHelpsInPlace) {
  Typist typist;
  typist.choice = {.words = {"json"}, .help = "show TOPIC [json]\n"};
  typist.type("show vhosts \x1b[D?");
  EXPECT_THAT(typist.screen.above(), ElementsAre("> show vhosts", "show TOPIC [json]", "json"));
  EXPECT_EQ(typist.screen.row(), "> show vhosts");
  EXPECT_EQ(typist.screen.column(), std::string("> show vhosts").size());
  typist.choice = {.is_free = true};
  typist.type("\x15pass why?\n");
  EXPECT_EQ(typist.lines.back(), "pass why? ");
}

// In a row that is too short the line scrolls; in one of another width it is shown anew.
TEST(LineEditor, ALongLineScrollsInItsRow) {
  Typist typist(30);
  const std::string line = "abcdefghijklmnopqrstuvwxyz0123456789";
  typist.type(line);
  EXPECT_EQ(typist.screen.row(), "> " + line.substr(line.size() - 26));
  EXPECT_EQ(typist.screen.column(), 28u);
  typist.type("\x01");
  EXPECT_EQ(typist.screen.row(), "> " + line.substr(0, 26));
  EXPECT_EQ(typist.screen.column(), 2u);
  typist.screen.set_width(60);
  typist.editor.set_width(60);
  typist.look();
  EXPECT_EQ(typist.screen.row(), "> " + line);
  for (const size_t width : {0, 1, 65535}) {  // what a client says may be nonsense
    typist.editor.set_width(width);
    typist.screen.set_width(1000);
    typist.type("\x0c");
    EXPECT_TRUE(typist.screen.row().starts_with("> a")) << width;
  }
}

// Nothing that is typed or pasted makes the terminal do anything.
TEST(LineEditor, TheTerminalObeysNobodyElse) {
  Typist typist;
  typist.type(
      "a\x9b"
      "2J\xc2\x9b"
      "b\xe2\x80");
  EXPECT_EQ(typist.screen.row(), "> a?2J??b??");
  typist.type("\n");
  EXPECT_THAT(typist.lines, ElementsAre("a\x9b"
                                        "2J\xc2\x9b"
                                        "b\xe2\x80"));
}

// Any keys at all, in any pieces: the row shows the line around its cursor.
TEST(LineEditor, TheRowIsAlwaysRight) {
  const std::vector<std::string> keys{"a",      "bc ",    "ü",    "\xff",  "\x1b[A", "\x1b[B",
                                      "\x1b[C", "\x1b[D", "\x01", "\x05",  "\x0b",   "\x15",
                                      "\x17",   "\x7f",   "\x04", "\t",    "?",      "\n",
                                      "\x03",   "\x1b",   "€",    "words", "\x1b[3~"};
  for (unsigned seed = 1; seed <= 200; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random(seed);
    const size_t width = 24 + random() % 30;
    Typist typist(width);
    typist.choice = {.words = {"carp0", "carp1"}, .typed = 0, .help = "help\n"};
    for (int piece = 0; piece < 60; ++piece) {
      std::string some;
      for (unsigned i = random() % 8; i > 0; --i) some += keys[random() % keys.size()];
      typist.type(some);
      const std::string row = typist.screen.row() + std::string(width, ' ');
      const std::string shown = printable_error(typist.editor.before_cursor());
      // Behind the prompt and before the cursor stands the end of what is before it.
      size_t at = row.size();
      size_t columns = 0;
      for (at = 0; columns < typist.screen.column(); ++columns)
        at += std::max(utf8_size(std::string_view(row).substr(at)), size_t{1});
      ASSERT_TRUE(shown.ends_with(row.substr(kStart.size(), at - kStart.size()))) << row;
      ASSERT_LT(typist.screen.column(), width);
    }
  }
}

}  // namespace
}  // namespace carp::control
