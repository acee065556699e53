// SPDX-License-Identifier: BSD-3-Clause
//
// The password of the TCP console (I3.1): nothing is done for who does not know it, and guessing is
// slow.
#include <gmock/gmock.h>

#include "lib/control/login.h"
#include "tests/control/console_fixture.h"

namespace carp::control {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;

constexpr std::string_view kEcho = "\xff\xfd\x01";  // a client leaves it to us to echo

class ConsoleLoginTest : public ConsoleTest {
 protected:
  ConsoleLoginTest() { password_ = "open sesame"; }
  // Who waits to be asked is offered that we show what he types, which nobody does here.
  [[nodiscard]] static std::string asked() { return std::string(kOffer) + "Password: "; }
};

TEST(Login, JudgesTheWholeAnswer) {
  Login login("secret");
  EXPECT_TRUE(login.is_right("secret"));
  for (const std::string& wrong :
       {std::string(), std::string("secre"), std::string("secret "), std::string("Secret"),
        std::string("secret\0", 7), std::string("\0", 1), std::string(2000, 'x')}) {
    EXPECT_FALSE(login.is_right(wrong)) << wrong.size();
  }
  Login longest(std::string(kLineBytesMax, 'x'));
  EXPECT_TRUE(longest.is_right(std::string(kLineBytesMax, 'x')));
  EXPECT_FALSE(longest.is_right(std::string(kLineBytesMax - 1, 'x')));
}

TEST(Login, WrongAnswersMakeAllWaitUntilARightOne) {
  Login login("secret");
  std::vector<int> delays;
  for (int i = 0; i < 40; ++i) {
    delays.push_back(static_cast<int>(login.delay().count()));
    EXPECT_FALSE(login.is_right("guess"));
  }
  delays.resize(6);
  EXPECT_THAT(delays, ElementsAre(0, 1, 2, 4, 8, 8));
  EXPECT_EQ(login.delay(), kLoginDelayMax);
  EXPECT_TRUE(login.is_right("secret"));
  EXPECT_EQ(login.delay(), seconds(0));
}

TEST_F(ConsoleLoginTest, WhoKnowsItMayChangeThings) {
  open();
  Client client = connect_tcp();
  EXPECT_TRUE(comes(client, "Password: "));
  EXPECT_EQ(client.received, asked());
  send_all(client, "open sesame\none\n");
  EXPECT_TRUE(comes(client, "did one\ndpdk-carp> "));
  EXPECT_EQ(client.received, asked() + "\ndpdk-carp> did one\ndpdk-carp> ");
  ASSERT_EQ(executed_.size(), 1u);
  EXPECT_EQ(executed_[0].line, "one");
  EXPECT_EQ(executed_[0].access, Access::change);
}

// telnet(1) shows nothing itself, and we show nothing before the password is right.
TEST_F(ConsoleLoginTest, ATelnetClientShowsNoPassword) {
  open();
  Client client = connect_tcp();
  EXPECT_TRUE(comes(client, "Password: "));
  send_all(client, std::string(kEcho) + "open\x7f\x7f\x7f\x7fopen sesame\r\none\r\n");
  EXPECT_TRUE(comes(client, "did one\r\ndpdk-carp> "));
  EXPECT_EQ(client.received, asked() + "\r\ndpdk-carp> one\r\ndid one\r\ndpdk-carp> ");
}

// Up, Tab and ? are no way to it.
TEST_F(ConsoleLoginTest, ThePasswordIsNotInTheHistory) {
  open();
  Client client = connect_tcp();
  send_all(client, std::string(kEcho) + "open sesame\r");
  EXPECT_TRUE(comes(client, "dpdk-carp> "));
  send_all(client, "\x1b[A\x1b[Aone\r");
  EXPECT_TRUE(comes(client, "did one\r\ndpdk-carp> "));
  EXPECT_EQ(client.received.find("sesame"), std::string::npos);
  EXPECT_EQ(executed_[0].line, "one");
}

// Each answer is waited for: 0, 1 and 2 s.
TEST_F(ConsoleLoginTest, ThreeWrongAnswersCloseTheConnection) {
  open();
  Client client = connect_tcp();
  send_all(client, "one\nopen\n\nopen sesame\ntwo\n");
  const std::string wrong = "\nerror: wrong password\n";
  EXPECT_EQ(read_to_end(client),
            "Password: " + wrong + "Password: " + wrong + "Password: " + wrong);
  EXPECT_TRUE(executed_.empty());
}

TEST_F(ConsoleLoginTest, AnOverlongOrOddAnswerIsAWrongOne) {
  open();
  Client client = connect_tcp();
  send_all(client, std::string(kLineBytesMax + 1, 'x') + "\n");
  EXPECT_TRUE(comes(client, "error: wrong password\nPassword: "));
  send_all(client, "open sesame\x01\n");
  EXPECT_TRUE(comes(client, "Password: \nerror: wrong password\nPassword: "));
  send_all(client, "open sesame\n");
  EXPECT_TRUE(comes(client, "dpdk-carp> "));
}

TEST_F(ConsoleLoginTest, AnInterruptAsksAgain) {
  open();
  Client client = connect_tcp();
  EXPECT_TRUE(comes(client, "Password: "));
  send_all(client, "open\x03");
  EXPECT_TRUE(comes(client, "Password: \nPassword: "));
  send_all(client, "open sesame\n");
  EXPECT_TRUE(comes(client, "dpdk-carp> "));
}

TEST_F(ConsoleLoginTest, ABrowserIsNotEvenToldThatItIsWrong) {
  open();
  Client client = connect_tcp();
  send_all(client, "POST / HTTP/1.1\r\n\r\nopen sesame\n");
  EXPECT_EQ(read_to_end(client), "Password: ");
}

// Its mode lets nobody else in.
TEST_F(ConsoleLoginTest, TheUnixSocketAsksForNone) {
  open();
  Client client = connect_unix();
  send_all(client, "one\n");
  EXPECT_TRUE(comes(client, "did one\n"));
  EXPECT_EQ(client.received, "did one\n");
}

}  // namespace
}  // namespace carp::control
