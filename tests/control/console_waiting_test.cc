// SPDX-License-Identifier: BSD-3-Clause
//
// A line whose answer needs the disk (I3.5): the session waits for the rest of it, nobody else
// does.
#include "tests/control/console_fixture.h"

namespace carp::control {
namespace {

using ConsoleWaitingTest = ConsoleTest;

TEST_F(ConsoleWaitingTest, TheNextLineIsExecutedAfterTheRest) {
  open();
  Client client = connect_unix();
  Client other = connect_unix();
  send_all(client, "wait\none\n");
  EXPECT_TRUE(comes(client, "began\n"));
  poll_many();
  EXPECT_EQ(executed_.size(), 1u);
  send_all(other, "two\n");
  EXPECT_TRUE(comes(other, "did two\n"));
  rest_ = Reply{.text = "ended\n"};
  EXPECT_TRUE(comes(client, "did one\n"));
  EXPECT_EQ(client.received, "began\nended\ndid one\n");
}

TEST_F(ConsoleWaitingTest, TheRestMayWaitAgain) {
  open();
  Client client = connect_unix();
  send_all(client, "wait\n");
  EXPECT_TRUE(comes(client, "began\n"));
  rest_ = Reply{.text = "on\n", .waiting = std::make_shared<Waiting>()};
  EXPECT_TRUE(comes(client, "on\n"));
  poll_many();
  rest_ = Reply{.text = "error: no\xff\n", .error = true};
  EXPECT_TRUE(comes(client, "error: no?\n"));
}

// dpdk-carpctl closes its writing half at once.
TEST_F(ConsoleWaitingTest, TheEndOfTheInputWaitsToo) {
  open();
  Client client = connect_unix();
  send_all(client, "wait\n");
  client.end_input();
  EXPECT_TRUE(comes(client, "began\n"));
  poll_many();
  client.receive();
  EXPECT_FALSE(client.is_closed);
  rest_ = Reply{.text = "ended\n"};
  EXPECT_EQ(read_to_end(client), "began\nended\n");
}

TEST_F(ConsoleWaitingTest, TelnetGetsItsPromptAfterTheRest) {
  open();
  Client client = connect_tcp();
  send_all(client, "wait\r\n");
  EXPECT_TRUE(comes(client, "began\n"));
  poll_many();
  client.receive();
  EXPECT_TRUE(client.received.ends_with("began\n"));
  rest_ = Reply{.text = "ended\n"};
  EXPECT_TRUE(comes(client, "ended\ndpdk-carp> "));
}

TEST_F(ConsoleWaitingTest, ASessionThatHasGoneIsForgotten) {
  open();
  for (size_t i = 0; i < 3 * kSessionsMax; ++i) {
    Client client = connect_unix();
    send_all(client, "wait\n");
    ASSERT_TRUE(comes(client, "began\n"));
    client.close();
    rest_ = Reply{.text = "ended\n"};
    ASSERT_TRUE(poll_until([&] { return !rest_; }));
    poll_many();
  }
  Client client = connect_unix();
  send_all(client, "one\n");
  EXPECT_TRUE(comes(client, "did one\n"));
}

}  // namespace
}  // namespace carp::control
