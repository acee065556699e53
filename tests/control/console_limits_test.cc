// SPDX-License-Identifier: BSD-3-Clause
//
// Clients that want too much: sessions, lines, memory, time.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/control/console_fixture.h"

namespace carp::control {
namespace {

TEST_F(ConsoleTest, NinthTcpSessionIsTurnedAway) {
  open();
  std::vector<Client> clients;
  for (size_t i = 0; i < kSessionsMax; ++i) {
    clients.push_back(connect_tcp());
    ASSERT_TRUE(comes(clients.back(), kPrompt));
  }
  Client ninth = connect_tcp();
  EXPECT_EQ(read_to_end(ninth), "error: too many sessions\n");
  // A crowded port leaves the UNIX socket alone.
  Client local = connect_unix();
  send_all(local, "one\n");
  EXPECT_TRUE(comes(local, "did one\n"));
  // Who leaves makes room.
  clients.pop_back();
  EXPECT_TRUE(poll_until([&] {
    Client again = connect_tcp();
    return comes(again, " ") && again.received.ends_with(kPrompt);
  }));
}

TEST_F(ConsoleTest, NinthUnixSessionIsTurnedAway) {
  open();
  std::vector<Client> clients;
  for (size_t i = 0; i < kSessionsMax; ++i) {
    clients.push_back(connect_unix());
    send_all(clients.back(), "one\n");
    ASSERT_TRUE(comes(clients.back(), "did one\n"));
  }
  Client ninth = connect_unix();
  EXPECT_EQ(read_to_end(ninth), "error: too many sessions\n");
}

TEST_F(ConsoleTest, CrowdOfConnectionsIsTurnedAwayOneByOne) {
  open();
  size_t welcome = 0;
  std::vector<Client> crowd;
  for (int i = 0; i < 200; ++i) {
    crowd.push_back(connect_tcp());
    ASSERT_TRUE(comes(crowd.back(), " "));
    if (crowd.back().received.ends_with(kPrompt)) ++welcome;
  }
  EXPECT_EQ(welcome, kSessionsMax);
}

// A flood from every side: no poll() executes more than its share, everybody is served.
TEST_F(ConsoleTest, FloodIsExecutedInSmallPortions) {
  open();
  std::string flood;
  for (int i = 0; i < 100; ++i) flood += "x\n";
  std::vector<Client> clients;
  for (size_t i = 0; i < kSessionsMax; ++i) {
    clients.push_back(connect_unix());
    ASSERT_EQ(clients.back().send(flood), flood.size());
  }
  size_t most = 0;
  EXPECT_TRUE(poll_until([&] {
    const size_t before = executed_.size();
    console_->poll();
    most = std::max(most, executed_.size() - before);
    for (Client& client : clients) client.receive();
    return executed_.size() >= kSessionsMax * 100;
  }));
  EXPECT_LE(most, static_cast<size_t>(kLinesPerPoll));
}

// Who does not read its answer gets nothing else executed, however much it asks for.
TEST_F(ConsoleTest, SlowReaderIsNotReadFrom) {
  open();
  Client client = connect_unix();
  client.send("big\none\n");
  ASSERT_TRUE(poll_until([&] { return !executed_.empty(); }));
  poll_many();
  EXPECT_EQ(executed_.size(), 1u);
  size_t accepted = 0;  // the socket's buffers fill, and then it is the client that waits
  for (int i = 0; i < 10'000; ++i) {
    accepted += client.send("two\n");
    console_->poll();
  }
  EXPECT_LT(accepted, 4u * 10'000u);
  EXPECT_EQ(executed_.size(), 1u);
  ASSERT_TRUE(comes(client, "did one\n"));
  EXPECT_EQ(client.received.find("did one\n"), kBigAnswer);
}

TEST_F(ConsoleTest, IdleSessionIsClosed) {
  config_.idle_timeout = std::chrono::seconds(1);
  open();
  Client client = connect_tcp();
  EXPECT_EQ(read_to_end(client), std::string(kOffer).append(kPrompt));
}

// A peer that never closes its end after quit does not keep its place.
TEST_F(ConsoleTest, SessionThatHasQuitGivesItsPlaceBack) {
  open();
  std::vector<Client> clients;
  for (size_t i = 0; i < kSessionsMax; ++i) {
    clients.push_back(connect_unix());
    send_all(clients.back(), "quit\n");
    ASSERT_TRUE(closes(clients.back()));
  }
  EXPECT_TRUE(poll_until([&] {
    Client next = connect_unix();
    send_all(next, "one\n");
    return comes(next, "\n") && next.received == "did one\n";
  }));
}

}  // namespace
}  // namespace carp::control
