// SPDX-License-Identifier: BSD-3-Clause
//
// A telnet client in character mode (I3.2): editing, history, completion and help through the
// socket, in every split of what it sends.
#include <string>
#include <string_view>

#include "tests/control/console_fixture.h"
#include "tests/control/screen.h"

namespace carp::control {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view kAgreed = "\xff\xfd\x03\xff\xfd\x01\xff\xfb\x1f";
constexpr std::string_view kWindow = "\xff\xfa\x1f\0\x78\0\x18\xff\xf0"sv;  // 120 x 24

class ConsoleEditingTest : public ConsoleTest {
 protected:
  // What the client's terminal shows of `received`: telnet's own words are none of it.
  [[nodiscard]] static Screen shown(std::string_view received, size_t width = 120) {
    TelnetFilter telnet;
    std::string data;
    for (const char byte : received) {
      if (const auto one = telnet.feed(byte)) data += *one;
    }
    Screen screen(width);
    screen.show(data);
    return screen;
  }
  [[nodiscard]] Client connect_telnet() {
    Client client = connect_tcp();
    EXPECT_TRUE(comes(client, kPrompt));
    send_all(client, std::string(kAgreed).append(kWindow));
    return client;
  }
};

TEST_F(ConsoleEditingTest, WhoWaitsForThePromptIsOfferedEditing) {
  open();
  Client client = connect_tcp();
  ASSERT_TRUE(comes(client, kPrompt));
  EXPECT_EQ(client.received, std::string(kOffer).append(kPrompt));
  // Without an answer to the offer it sends lines, and is not sent them back.
  send_all(client, "o\tk\nquit\n");
  EXPECT_EQ(read_to_end(client),
            std::string(kOffer).append(kPrompt) + "did o\tk\n" + std::string(kPrompt) + "bye\n");
}

TEST_F(ConsoleEditingTest, WhoBeginsToNegotiateIsOfferedEditing) {
  open();
  Client client = connect_tcp();
  send_all(client, "\xff\xfb\x18");  // WILL TERMINAL-TYPE
  ASSERT_TRUE(comes(client, kPrompt));
  EXPECT_TRUE(client.received.starts_with(kOffer));
}

TEST_F(ConsoleEditingTest, WhoRefusesSendsLinesAsBefore) {
  open();
  Client client = connect_tcp();
  ASSERT_TRUE(comes(client, kPrompt));
  send_all(client, "\xff\xfe\x03\xff\xfe\x01\xff\xfc\x1fone\r\n");
  ASSERT_TRUE(comes(client, "did one\r\ndpdk-carp> "));
  EXPECT_EQ(client.received, std::string(kOffer).append("dpdk-carp> did one\r\ndpdk-carp> "));
}

TEST_F(ConsoleEditingTest, KeysMakeALine) {
  open();
  Client client = connect_telnet();
  send_all(client, "ne\x1b[D\x1b[Do\r\0\x1b[A!\r\0"sv);
  ASSERT_TRUE(comes(client, "did one!\r\n"));
  send_all(client, "half\x03\x04");
  ASSERT_TRUE(closes(client));
  ASSERT_EQ(executed_.size(), 2u);
  EXPECT_EQ(executed_[0].line, "one");
  EXPECT_EQ(executed_[1].line, "one!");
  EXPECT_EQ(shown(client.received).above(),
            (std::vector<std::string>{"dpdk-carp> one", "did one", "dpdk-carp> one!", "did one!",
                                      "dpdk-carp> half^C"}));
}

TEST_F(ConsoleEditingTest, TabAndQuestionMarkAskTheCommands) {
  open();
  Client client = connect_telnet();
  send_all(client, "show c\t?pass ?\r");
  ASSERT_TRUE(comes(client, "did "));
  ASSERT_EQ(executed_.size(), 1u);
  EXPECT_EQ(executed_[0].line, "show carp0 pass ?");
  EXPECT_NE(client.received.find("any line\r\n"), std::string::npos);
}

TEST_F(ConsoleEditingTest, WindowsChangeTheirSize) {
  open();
  Client client = connect_telnet();
  send_all(client, std::string(200, 'x'));
  const std::string wide = std::string(kPrompt) + std::string(120 - kPrompt.size() - 2, 'x');
  ASSERT_TRUE(poll_until([&] {
    client.receive();
    return shown(client.received).row() == wide;
  }));
  client.received.clear();
  send_all(client, "\xff\xfa\x1f\0\x28\0\x18\xff\xf0"sv);
  const std::string narrow = std::string(kPrompt) + std::string(40 - kPrompt.size() - 2, 'x');
  ASSERT_TRUE(poll_until([&] {
    client.receive();
    return shown(client.received, 40).row() == narrow;
  }));
}

// One conversation in every split into two pieces: keys and telnet's words of several bytes must
// not care where one read ends and the next begins.
TEST_F(ConsoleEditingTest, AnySplitShowsTheSame) {
  open();
  const std::string input = std::string(kAgreed).append(kWindow).append(
      "ac\x1b[Db\r\n\xff\xf1\x1b[A\xff\xfa\x1f\0\xff\xff\0\x18\xff\xf0!\r\0wrong\xff\xf4\xff\xf2"
      "\x1bOA\x7f?\x1b[1~\xff\xff"
      "c\t\x0b\x15quit\r\n"sv);
  std::vector<std::string> rows;
  for (size_t split = 1; split <= input.size(); ++split) {
    executed_.clear();
    Client client = connect_tcp();
    send_all(client, std::string_view(input).substr(0, split));
    for (int i = 0; i < 20; ++i) console_->poll();
    send_all(client, std::string_view(input).substr(split));
    const std::string output = read_to_end(client);
    ASSERT_EQ(executed_.size(), 3u) << split;
    EXPECT_EQ(executed_[0].line, "abc") << split;
    EXPECT_EQ(executed_[1].line, "abc!") << split;
    const Screen screen = shown(output, 300);
    if (split == 1) rows = screen.above();
    EXPECT_EQ(screen.above(), rows) << split;
  }
}

// Completion costs; a flood of it gets no more of a poll than lines do.
TEST_F(ConsoleEditingTest, AFloodOfTabsIsServedInSmallPortions) {
  open();
  Client client = connect_telnet();
  send_all(client, std::string(5000, '\t') + "done\r");
  Client other = connect_unix();
  send_all(other, "one\n");
  EXPECT_TRUE(comes(other, "did one\n"));
  EXPECT_TRUE(comes(client, "did done\r\n"));
  EXPECT_EQ(shown(client.received).bells(), 5000);
}

}  // namespace
}  // namespace carp::control
