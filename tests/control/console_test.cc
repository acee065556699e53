// SPDX-License-Identifier: BSD-3-Clause
//
// What is said at the console, over TCP and over the UNIX socket.
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <string_view>

#include "tests/control/console_fixture.h"

namespace carp::control {
namespace {

using namespace std::string_view_literals;

// Who speaks first is a script: it meets no telnet.
TEST_F(ConsoleTest, TcpPromptsAndAnswers) {
  open();
  Client client = connect_tcp();
  send_all(client, "one\n\nsilent\nfail\nquit\n");
  EXPECT_EQ(read_to_end(client),
            "dpdk-carp> did one\n"
            "dpdk-carp> dpdk-carp> dpdk-carp> error: what is ?[2J??\n"
            "dpdk-carp> bye\n");
}

// I3.6: no prompt, no echo, no negotiation.
TEST_F(ConsoleTest, UnixSocketAnswersAndNothingElse) {
  open();
  Client client = connect_unix();
  send_all(client, "one\n\nsilent\n\xff\xfd\x01\nfail\nquit\nnever\n");
  EXPECT_EQ(read_to_end(client),
            "did one\nerror: control character in the line\n"
            "error: what is ?[2J??\nbye\n");
  EXPECT_EQ(executed_.back().line, "quit");
}

TEST_F(ConsoleTest, UnixSocketClosesWhenTheClientHasFinished) {
  open();
  Client client = connect_unix();
  send_all(client, "one\ntwo\n");
  client.end_input();
  EXPECT_EQ(read_to_end(client), "did one\ndid two\n");
}

TEST_F(ConsoleTest, ClientThatSaysNothingIsAnsweredNothing) {
  open();
  Client client = connect_unix();
  client.end_input();
  EXPECT_EQ(read_to_end(client), "");
}

// Half a command is not a command.
TEST_F(ConsoleTest, LineWithoutEndIsNotExecuted) {
  open();
  Client client = connect_unix();
  send_all(client, "one\nifconfig carp0 destroy");
  client.end_input();
  EXPECT_EQ(read_to_end(client), "did one\nerror: the last line has no end, it was not executed\n");
  EXPECT_EQ(executed_.size(), 1u);
}

// The same conversation in every split into two pieces: line ends and telnet commands must not
// care where one read ends and the next begins.
TEST_F(ConsoleTest, AnySplitOfTheInputMeansTheSame) {
  open();
  const auto input =
      "a\r\nb\r\0c\n"                                      // every line end
      "\xff\xfb\x1fwrong\xff\xf4\xff\xf2"                  // WILL NAWS, a line taken back
      "\xff\xfd\x06\x64\xff\xfa\x1f\0P\0\x18\xff\xf0\r\n"  // DO TIMING-MARK, d, a subnegotiation
      "quit\r\n"sv;
  for (size_t split = 1; split <= input.size(); ++split) {
    executed_.clear();
    Client client = connect_tcp();
    send_all(client, input.substr(0, split));
    for (int i = 0; i < 20; ++i) console_->poll();
    send_all(client, input.substr(split));
    const std::string output = read_to_end(client);
    EXPECT_NE(output.find("did c\ndpdk-carp> \xff\xfd\x1f"), std::string::npos) << split;
    EXPECT_NE(output.find("\xff\xfc\x06"), std::string::npos) << split;
    ASSERT_EQ(executed_.size(), 5u) << split;
    EXPECT_EQ(executed_[3].line, "d") << split;
  }
}

TEST_F(ConsoleTest, ByteByByteIsALineToo) {
  open();
  Client client = connect_tcp();
  for (const char byte : "one\r\n\xff\xf1two\r\0three\n\x04"sv) {
    send_all(client, std::string_view(&byte, 1));
    for (int i = 0; i < 5; ++i) console_->poll();
  }
  EXPECT_TRUE(closes(client));
  ASSERT_EQ(executed_.size(), 3u);
  EXPECT_EQ(executed_[1].line, "two");
  EXPECT_EQ(executed_[2].line, "three");
}

// telnet(1) sends the data mark after Ctrl-C as urgent data.
TEST_F(ConsoleTest, UrgentDataMarkStaysInItsPlace) {
  open();
  Client client = connect_tcp();
  ASSERT_TRUE(comes(client, kPrompt));
  send_all(client, "wrong\xff\xf4\xff");
  ASSERT_EQ(::send(client.descriptor(), "\xf2", 1, MSG_OOB), 1);
  send_all(client, "right\r\nquit\r\n");
  EXPECT_NE(read_to_end(client).find("did right\r\n"), std::string::npos);
}

TEST_F(ConsoleTest, PipelinedLinesAreAnsweredInOrder) {
  open();
  std::string input;
  std::string output;
  for (int i = 0; i < 1000; ++i) {
    input += "line " + std::to_string(i) + '\n';
    output += "did line " + std::to_string(i) + '\n';
  }
  Client client = connect_unix();
  send_all(client, input);
  client.end_input();
  EXPECT_EQ(read_to_end(client), output);
}

TEST_F(ConsoleTest, HttpRequestIsHungUpOn) {
  open();
  Client client = connect_tcp();
  send_all(client, "POST / HTTP/1.1\r\nHost: localhost\r\n\r\nifconfig carp0 down\r\n");
  EXPECT_TRUE(closes(client));
  EXPECT_TRUE(executed_.empty());
  EXPECT_TRUE(client.received.empty() || client.received.ends_with(kPrompt));
}

TEST_F(ConsoleTest, LongLineIsOneErrorAndTheNextIsFine) {
  open();
  Client client = connect_unix();
  send_all(client, std::string(100'000, 'x') + "\nnext\n");
  client.end_input();
  EXPECT_EQ(read_to_end(client), "error: line too long, at most 1024 bytes\ndid next\n");
}

// Whatever comes, the console lives, answers the next client, and shows no control characters.
TEST_F(ConsoleTest, GarbageHurtsNobody) {
  open();
  for (unsigned seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random(seed);
    std::string garbage(20'000, '\0');
    for (char& byte : garbage) byte = static_cast<char>(random());
    Client client = seed % 2 == 0 ? connect_unix() : connect_tcp();
    send_all(client, garbage);
    client.end_input();
    EXPECT_TRUE(closes(client));
    Client next = connect_unix();
    send_all(next, "alive\n");
    EXPECT_TRUE(comes(next, "did alive\n"));
  }
}

TEST_F(ConsoleTest, PeerThatVanishesIsForgotten) {
  open();
  for (int i = 0; i < 20; ++i) {
    Client tcp = connect_tcp();
    Client local = connect_unix();
    tcp.send("big\nbig\n");
    local.send("big\nbig\n");
    for (int polls = 0; polls < i; ++polls) console_->poll();
  }
  Client next = connect_tcp();
  send_all(next, "alive\n");
  EXPECT_TRUE(comes(next, "did alive\n"));
}

}  // namespace
}  // namespace carp::control
