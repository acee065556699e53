// SPDX-License-Identifier: BSD-3-Clause
#include "lib/control/notify_socket.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>

namespace carp::control {
namespace {

// The service manager's end.
class Manager {
 public:
  explicit Manager(const std::string& path) : socket_(socket(AF_UNIX, SOCK_DGRAM, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.data(), path.size());
    if (path.front() == '@') address.sun_path[0] = '\0';
    const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size());
    EXPECT_EQ(bind(socket_, reinterpret_cast<const sockaddr*>(&address), length), 0);
  }
  ~Manager() { close(socket_); }
  Manager(const Manager&) = delete;
  Manager& operator=(const Manager&) = delete;

  [[nodiscard]] std::string heard() const {
    std::array<char, 256> text{};
    const ssize_t size = recv(socket_, text.data(), text.size(), MSG_DONTWAIT);
    return size < 0 ? "nothing" : std::string(text.data(), static_cast<size_t>(size));
  }

 private:
  int socket_;
};

class NotifySocketTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "notify_test.XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  [[nodiscard]] std::string path(const char* name) const { return (folder_ / name).string(); }

  std::filesystem::path folder_;
};

TEST_F(NotifySocketTest, SendsADatagramToAPath) {
  const Manager manager(path("notify"));
  const NotifySocket socket(path("notify"));
  EXPECT_TRUE(socket.send("READY=1\nSTATUS=all is well\n"));
  EXPECT_EQ(manager.heard(), "READY=1\nSTATUS=all is well\n");
  EXPECT_EQ(manager.heard(), "nothing");
}

TEST_F(NotifySocketTest, SendsADatagramToAnAbstractName) {
  const std::string name = "@dpdk-carp-test-" + std::to_string(getpid());
  const Manager manager(name);
  const NotifySocket socket(name);
  EXPECT_TRUE(socket.send("STOPPING=1\n"));
  EXPECT_EQ(manager.heard(), "STOPPING=1\n");
}

// A manager that reads nothing: its queue is full after some datagrams, and nobody waits for it.
TEST_F(NotifySocketTest, NeverWaitsForAFullQueue) {
  const Manager manager(path("notify"));
  const NotifySocket socket(path("notify"));
  int taken = 0;
  while (socket.send("WATCHDOG=1\n")) ASSERT_LT(++taken, 100'000);
  EXPECT_GT(taken, 0);
  EXPECT_EQ(manager.heard(), "WATCHDOG=1\n");
  EXPECT_TRUE(socket.send("STOPPING=1\n"));
}

TEST_F(NotifySocketTest, SaysThatNobodyIsThere) {
  EXPECT_FALSE(NotifySocket(path("notify")).send("READY=1\n"));
  EXPECT_FALSE(NotifySocket("").send("READY=1\n"));
  EXPECT_FALSE(NotifySocket("/" + std::string(200, 'x')).send("READY=1\n"));
}

TEST(ServiceEnvironment, IsTakenAway) {
  setenv("NOTIFY_SOCKET", "/run/notify", 1);
  setenv("WATCHDOG_USEC", "10000000", 1);
  setenv("WATCHDOG_PID", std::to_string(getpid()).c_str(), 1);
  const ServiceEnvironment environment = take_service_environment();
  EXPECT_EQ(environment.socket, "/run/notify");
  EXPECT_EQ(environment.watchdog, std::chrono::seconds(10));
  for (const char* name : {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"})
    EXPECT_EQ(std::getenv(name), nullptr) << name;
  EXPECT_EQ(take_service_environment().socket, "");
  EXPECT_FALSE(take_service_environment().watchdog);
}

TEST(ServiceEnvironment, HasNoWatchdogOfSomebodyElseAndNoneThatIsNoNumber) {
  setenv("WATCHDOG_USEC", "10000000", 1);
  setenv("WATCHDOG_PID", "1", 1);
  EXPECT_FALSE(take_service_environment().watchdog);
  for (const char* number : {"", "0", "-5", "10s", "99999999999999999999"}) {
    setenv("WATCHDOG_USEC", number, 1);
    EXPECT_FALSE(take_service_environment().watchdog) << number;
  }
  setenv("WATCHDOG_USEC", "10", 1);
  EXPECT_EQ(take_service_environment().watchdog, std::chrono::microseconds(10));
}

}  // namespace
}  // namespace carp::control
