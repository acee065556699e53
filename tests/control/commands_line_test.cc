// SPDX-License-Identifier: BSD-3-Clause
//
// Lines as such: how they divide, who may say what, sysctl, demote and the session's own words;
// and what holds for every line, however odd.
#include <gtest/gtest.h>

#include <array>
#include <random>

#include "tests/control/command_rig.h"

namespace carp::control {
namespace {

using std::chrono::milliseconds;

[[nodiscard]] CommandRig with_carp0() {
  return CommandRig(lab_config({vhost("carp0", 1, "192.168.1.50/24")}));
}

TEST(CommandWords, DivideAsInAShell) {
  const auto split = [](std::string_view line) { return split_line(line).value(); };
  using Lines = std::vector<Words>;
  EXPECT_EQ(split(""), Lines{});
  EXPECT_EQ(split(" \t\r"), Lines{});
  EXPECT_EQ(split(" a  b\t"), (Lines{{"a", "b"}}));
  EXPECT_EQ(split("a b&&c && d"), (Lines{{"a", "b"}, {"c"}, {"d"}}));
  EXPECT_EQ(split("pass 'two words' \"it's && so\""), (Lines{{"pass", "two words", "it's && so"}}));
  EXPECT_EQ(split("a'b c'd ''"), (Lines{{"ab cd", ""}}));
  EXPECT_EQ(split("a & b"), (Lines{{"a", "&", "b"}}));
}

TEST(CommandWords, RefuseWhatAShellWouldContinue) {
  EXPECT_EQ(split_line("a 'b").error(), "a quote is not closed");
  EXPECT_EQ(split_line("a \"b'").error(), "a quote is not closed");
  EXPECT_EQ(split_line("a &&").error(), "a command was expected after &&");
  EXPECT_EQ(split_line("&& a").error(), "a command was expected before &&");
  EXPECT_EQ(split_line("a && && b").error(), "a command was expected before &&");
}

TEST(CommandLine, BlankLinesAnswerNothing) {
  CommandRig console;
  for (const auto* line : {"", "   ", "\t\r"}) {
    const Reply reply = console.type(line);
    EXPECT_EQ(reply.text, "");
    EXPECT_FALSE(reply.error || reply.quit);
  }
}

TEST(CommandLine, JoinedCommandsStopAtTheFirstErrorAndKeepWhatCameBefore) {
  CommandRig console = with_carp0();
  const Reply reply =
      console.type("sysctl net.inet.carp.log && demote + && ifconfig carp0 destroy");
  EXPECT_EQ(reply.text, "net.inet.carp.log: 2\nerror: usage: demote [+N | -N]\n");
  EXPECT_TRUE(reply.error);
  EXPECT_NE(console.rig.engine().find_vhost("carp0"), nullptr);
}

// A half-typed line does nothing at all.
TEST(CommandLine, ALineThatDoesNotDivideRunsNothing) {
  CommandRig console = with_carp0();
  EXPECT_EQ(console.say("ifconfig carp0 down && ifconfig carp0 pass 'x"),
            "error: a quote is not closed\n");
  EXPECT_TRUE(console.rig.entry().config.up);
}

TEST(CommandLine, UnknownCommandsAndTopicsAreToldWhatThereIs) {
  CommandRig console;
  EXPECT_EQ(console.say("reboot"),
            "error: unknown command; there are ifconfig, sysctl, show, demote, switchover, "
            "maintenance, reload, write, shutdown, quit, exit, help, ?\n");
  const char* usage =
      "error: usage: show vhosts | interfaces | workers | peers | statistics | demotion | history "
      "| config | version [json]\n";
  for (const auto* line : {"show", "show nothing", "show vhosts xml", "show vhosts json more"}) {
    EXPECT_EQ(console.say(line), usage) << line;
  }
}

TEST(CommandLine, QuitShutdownAndHelp) {
  CommandRig console;
  EXPECT_TRUE(console.type("quit").quit);
  const Reply reply = console.type("help && exit && shutdown");
  EXPECT_TRUE(reply.quit);
  EXPECT_EQ(reply.text, console.say("?"));
  EXPECT_NE(reply.text.find("show TOPIC [json]"), std::string::npos);
  EXPECT_FALSE(console.commands.shutdown_wanted());
  EXPECT_EQ(console.say("shutdown"), "");
  EXPECT_TRUE(console.commands.shutdown_wanted());
}

TEST(CommandSysctl, ReadsOneOrAll) {
  CommandRig console;
  EXPECT_EQ(console.say("sysctl net.inet.carp"),
            "net.inet.carp.allow: 1\nnet.inet.carp.preempt: 0\nnet.inet.carp.log: 2\n"
            "net.inet.carp.arpbalance: 0\nnet.inet.carp.suppress_preempt: 0\n");
  EXPECT_EQ(console.say("sysctl net.inet.carp.allow net.inet.carp.log"),
            "net.inet.carp.allow: 1\nnet.inet.carp.log: 2\n");
}

TEST(CommandSysctl, SuppressPreemptIsTheNumberOfCauses) {
  CommandRig console = with_carp0();
  console.say("demote +50");
  console.rig.set_link(0, false);
  EXPECT_EQ(console.say("sysctl net.inet.carp.suppress_preempt"),
            "net.inet.carp.suppress_preempt: 2\n");
}

TEST(CommandSysctl, SetsWhatMayBeSet) {
  CommandRig console;
  EXPECT_EQ(console.say("sysctl net.inet.carp.preempt=1"), "net.inet.carp.preempt: 0 -> 1\n");
  EXPECT_EQ(console.say("sysctl net.inet.carp.log=0"), "net.inet.carp.log: 2 -> 0\n");
  EXPECT_EQ(console.say("sysctl net.inet.carp.allow=0"), "net.inet.carp.allow: 1 -> 0\n");
  EXPECT_EQ(console.say("sysctl net.inet.carp.arpbalance=0"), "net.inet.carp.arpbalance: 0 -> 0\n");
  const Sysctl wanted{.allow = false, .preempt = true, .log = 0, .arpbalance = false};
  EXPECT_EQ(console.rig.engine().config().sysctl, wanted);
}

TEST(CommandSysctl, RefusesTheRest) {
  CommandRig console;
  EXPECT_EQ(console.say("sysctl"), "error: usage: sysctl NAME[=VALUE] ...\n");
  EXPECT_EQ(
      console.say("sysctl net.inet.carp.nothing"),
      "error: sysctl: unknown oid 'net.inet.carp.nothing'; sysctl net.inet.carp lists them\n");
  EXPECT_EQ(console.say("sysctl kern=1"),
            "error: sysctl: unknown oid; sysctl net.inet.carp lists them\n");
  EXPECT_EQ(console.say("sysctl net.inet.carp.suppress_preempt=0"),
            "error: sysctl: oid 'net.inet.carp.suppress_preempt' is read only\n");
  EXPECT_EQ(console.say("sysctl net.inet.carp.preempt=1 net.inet.carp.preempt=2"),
            "net.inet.carp.preempt: 0 -> 1\nerror: net.inet.carp.preempt: 2 is not in 0–1\n");
  EXPECT_EQ(console.say("sysctl net.inet.carp.log="),
            "error: net.inet.carp.log: a whole number in 0–2 was expected\n");
}

// D10: `demote -N` takes back only what `demote +N` added.
TEST(CommandDemote, AddsAndTakesBack) {
  CommandRig console;
  EXPECT_EQ(console.say("demote"), "demotion: 0\n");
  EXPECT_EQ(console.say("demote +240 && demote +10 && demote"), "demotion: 250\n");
  EXPECT_EQ(console.say("demote -40 && demote"), "demotion: 210\n");
  EXPECT_EQ(console.say("demote -999 && demote"), "demotion: 0\n");
}

TEST(CommandDemote, RefusesWhatIsNoAmount) {
  CommandRig console;
  for (const auto* line : {"demote 5", "demote +", "demote + 5", "demote x"}) {
    EXPECT_EQ(console.say(line), "error: usage: demote [+N | -N]\n") << line;
  }
  EXPECT_EQ(console.say("demote +0"), "error: demote: 0 is not in 1–1000000\n");
  EXPECT_EQ(console.say("demote --5"), "error: demote: -5 is not in 1–1000000\n");
  EXPECT_EQ(console.say("demote +99999999999"), "error: demote: 99999999999 is not in 1–1000000\n");
}

TEST(CommandAccess, WhoMayOnlyLookIsLetLook) {
  CommandRig console = with_carp0();
  for (const auto* line : {"show vhosts", "show demotion json", "ifconfig", "ifconfig carp0",
                           "sysctl net.inet.carp", "demote", "help", "?", "quit", "exit"}) {
    EXPECT_FALSE(console.type(line, Access::show_only).error) << line;
  }
}

TEST(CommandAccess, WhoMayOnlyLookChangesNothing) {
  CommandRig console = with_carp0();
  const std::string before = console.say("ifconfig && sysctl net.inet.carp && demote");
  for (const auto* line :
       {"ifconfig carp0 down", "ifconfig carp0 destroy", "ifconfig carp create",
        "ifconfig carp0 state master", "ifconfig carp0 nonsense", "sysctl net.inet.carp.allow=0",
        "demote +1", "shutdown", "help && ifconfig carp0 pass x"}) {
    const Reply reply = console.type(line, Access::show_only);
    EXPECT_TRUE(reply.error) << line;
    EXPECT_NE(reply.text.find("error: permission denied: "), std::string::npos) << line;
  }
  EXPECT_EQ(console.say("ifconfig && sysctl net.inet.carp && demote"), before);
  EXPECT_FALSE(console.commands.shutdown_wanted());
}

// Random lines of the commands' own words, with passwords that all hold "Hush".
class RandomLines {
 public:
  explicit RandomLines(uint64_t seed) : random_(seed) {}

  [[nodiscard]] std::string next() {
    std::string line;
    if (below(20) == 0) {
      for (size_t i = below(40); i > 0; --i) line += static_cast<char>(below(256));
      return line;
    }
    line = kStarts[below(kStarts.size())];
    for (size_t i = below(4); i > 0; --i) line += std::string(" ") + kWords[below(kWords.size())];
    return line;
  }

 private:
  // clang-format off
  static constexpr std::array kStarts{
      "ifconfig carp0", "ifconfig carp0", "ifconfig carp0 create", "ifconfig carp1",
      "ifconfig carp1 create", "ifconfig carp create", "ifconfig carp", "ifconfig", "sysctl",
      "sysctl net.inet.carp.allow=1", "show", "show vhosts", "demote"};
  // Mostly whole parameters, so that some lines mean something; and halves of them.
  static constexpr std::array kWords{
      "vhid 1", "vhid 2", "vhid", "advskew 100", "advskew 300", "up", "down", "create", "destroy",
      "state master", "state backup", "state", "192.168.1.50/24", "192.168.2.51/24",
      "192.168.1.52/24 alias", "192.168.1.52 delete", "10.0.0.1/24", "inet", "netmask", "-alias",
      "&&", "'", "\"", "&& ifconfig carp1", "&& show", "vhosts", "json", "net.inet.carp",
      "net.inet.carp.allow=0", "net.inet.carp.preempt=x", "+5", "-5", "pass Hush1",
      "pass 'Hush 2'", "pass Hush&&Hush3", "pass Hush Hush4", "pass \"Hush5"};
  // clang-format on

  [[nodiscard]] size_t below(size_t limit) {
    return std::uniform_int_distribution<size_t>(0, limit - 1)(random_);
  }

  std::mt19937_64 random_;
};

void expect_well_formed(const Reply& reply) {
  const std::string& text = reply.text;
  EXPECT_TRUE(text.empty() || text.ends_with('\n'));
  size_t errors = 0;
  size_t last_line = 0;
  for (size_t at = 0; at < text.size(); at = text.find('\n', at) + 1) {
    errors += text.substr(at).starts_with("error: ") ? 1 : 0;
    last_line = at;
  }
  EXPECT_EQ(errors, reply.error ? 1u : 0u);
  if (reply.error) {
    EXPECT_TRUE(text.substr(last_line).starts_with("error: "));
  }
  EXPECT_EQ(text.find("Hush"), std::string::npos);  // I5.3
}

// Whatever is typed: text or one error line, never a password, and the engine carries on.
TEST(CommandLine, OddLinesAreAnsweredOrRefused) {
  for (uint64_t seed = 1; seed <= 4; ++seed) {
    CommandRig console = with_carp0();
    RandomLines lines(seed);
    int refused = 0;
    for (int i = 0; i < 1000; ++i) {
      const std::string line = lines.next();
      SCOPED_TRACE("seed " + std::to_string(seed) + ", line " + std::to_string(i) + ": " + line);
      const Reply reply = console.type(line);
      expect_well_formed(reply);
      refused += reply.error ? 1 : 0;
      if (i % 16 == 0) console.rig.run(milliseconds(300));
      if (HasFailure()) return;
    }
    EXPECT_FALSE(console.rig.logged("Hush"));
    // The lines are odd, but not so odd that nothing ever happens.
    EXPECT_LT(refused, 900);
    EXPECT_GT(console.rig.engine().history().entries().size(), 10u);
  }
}

// Every topic in both forms, after every way to give a password.
TEST(CommandLine, NoAnswerHoldsAPassword) {
  CommandRig console = with_carp0();
  for (const auto* line :
       {"ifconfig carp0 pass Hush", "ifconfig carp0 pass 'Hush hush'",
        "ifconfig carp0 pass Hush Hush", "ifconfig carp0 pass Hush 192.168.1.50/24",
        "ifconfig carp0 passHush", "ifconfig carp0 pass Hush&&Hush", "ifconfig carp0 pass 'Hush",
        "ifconfig carp7 pass Hush", "ifconfig carp0 pass Hush advskew 999",
        "ifconfig carp pass Hush", "Hush", "ifconfig carp0 pass HushHushHushHushHushHush",
        "ifconfig lan0 pass Hush"}) {
    EXPECT_EQ(console.say(line).find("Hush"), std::string::npos) << line;
  }
  for (const std::string topic : {"vhosts", "interfaces", "workers", "peers", "statistics",
                                  "demotion", "history", "config", "version"}) {
    EXPECT_EQ(console.say("show " + topic).find("Hush"), std::string::npos) << topic;
    EXPECT_EQ(console.say("show " + topic + " json").find("Hush"), std::string::npos) << topic;
  }
  EXPECT_EQ(console.say("ifconfig").find("Hush"), std::string::npos);
}

}  // namespace
}  // namespace carp::control
