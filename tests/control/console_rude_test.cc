// SPDX-License-Identifier: BSD-3-Clause
//
// What the log says of clients that do what they should not (I5.1): who, what, once a second.
#include <gmock/gmock.h>

#include "tests/control/console_fixture.h"

namespace carp::control {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;

class ConsoleRudeTest : public ConsoleTest {
 protected:
  [[nodiscard]] bool is_said(const std::string& event) {
    return poll_until([&] { return log_.find("event=" + event) != std::string::npos; });
  }
};

TEST_F(ConsoleRudeTest, OfGoodClientsNothingIsSaid) {
  open();
  Client client = connect_tcp();
  send_all(client, "one\nfail\nbig\nquit\n");
  EXPECT_THAT(read_to_end(client), EndsWith("bye\n"));
  Client local = connect_unix();
  send_all(local, "two\n");
  local.end_input();
  EXPECT_EQ(read_to_end(local), "did two\n");
  EXPECT_EQ(log_, "");
}

TEST_F(ConsoleRudeTest, ACrowdIsOneLineASecond) {
  open();
  std::vector<Client> crowd;
  for (size_t i = 0; i < kSessionsMax + 20; ++i) {
    crowd.push_back(connect_tcp());
    ASSERT_TRUE(comes(crowd.back(), " "));
  }
  EXPECT_THAT(log_, MatchesRegex("console: peer=127.0.0.1:[0-9]+ event=turned_away\n"
                                 "(console: .* left_out=[0-9]+\n)*"));
}

// By the process that has opened it, for it has no address.
TEST_F(ConsoleRudeTest, AClientOfTheUnixSocketIsNamed) {
  open();
  Client client = connect_unix();
  send_all(client, "one\x01\n");
  EXPECT_TRUE(is_said("not_text"));
  EXPECT_EQ(log_, "console: peer=pid:" + std::to_string(::getpid()) + " event=not_text\n");
}

TEST_F(ConsoleRudeTest, WhatIsNoLineIsNamed) {
  open();
  Client client = connect_tcp();
  send_all(client, std::string(kLineBytesMax + 1, 'x') + '\n');
  EXPECT_TRUE(is_said("line_too_long"));
  send_all(client, "one\x01\n");
  EXPECT_TRUE(is_said("not_text"));
  send_all(client, "half a li");
  client.end_input();
  EXPECT_TRUE(is_said("line_without_end"));
  EXPECT_THAT(log_, Not(HasSubstr("half")));
}

// It hangs up on our answer as well, so that nothing is left to say to it.
TEST_F(ConsoleRudeTest, AResetInALineIsOneWithoutEnd) {
  open();
  Client client = connect_tcp();
  ASSERT_TRUE(comes(client, kPrompt));
  send_all(client, "half a li");
  poll_many();
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(client.descriptor(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  client.close();
  EXPECT_TRUE(is_said("line_without_end"));
}

TEST_F(ConsoleRudeTest, ABrowserIsNamed) {
  open();
  Client client = connect_tcp();
  send_all(client, "POST / HTTP/1.1\r\n\r\n");
  EXPECT_TRUE(is_said("http_request"));
}

TEST_F(ConsoleRudeTest, WhoDoesNotReadIsNamedOnce) {
  open();
  Client client = connect_unix();
  client.send("big\n");
  EXPECT_TRUE(is_said("reads_nothing"));
  EXPECT_THAT(log_, EndsWith(" event=reads_nothing\n"));
  EXPECT_TRUE(comes(client, "x\n"));
  EXPECT_EQ(log_.find("reads_nothing"), log_.rfind("reads_nothing"));
}

TEST_F(ConsoleRudeTest, AWrongPasswordIsNamedAndNotShown) {
  password_ = "open sesame";
  open();
  Client client = connect_tcp();
  send_all(client, "open barley\n");
  EXPECT_TRUE(is_said("wrong_password"));
  send_all(client, "open sesame\none\n");
  EXPECT_TRUE(comes(client, "did one\n"));
  EXPECT_THAT(log_, MatchesRegex("console: peer=127.0.0.1:[0-9]+ event=wrong_password\n"));
}

}  // namespace
}  // namespace carp::control
