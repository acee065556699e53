// SPDX-License-Identifier: BSD-3-Clause
//
// The console's doors: who may open them, who may come in, and who is who.
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <fstream>
#include <string>

#include "lib/control/peer_uid.h"
#include "lib/dpdk/start_error.h"
#include "tests/control/console_fixture.h"

namespace carp::control {
namespace {

constexpr uid_t kNobody = 65534;

// The code and text with which a second console of this configuration does not start.
void expect_start_error(const ControlConfig& config, dpdk::ExitCode code, std::string_view named) {
  try {
    const Console console(config, {.execute = [](std::string_view, Access) { return Reply{}; }});
    ADD_FAILURE() << "started";
  } catch (const dpdk::StartError& error) {
    EXPECT_EQ(error.code(), code) << error.what();
    EXPECT_NE(std::string_view(error.what()).find(named), std::string_view::npos) << error.what();
  }
}

TEST_F(ConsoleTest, UnixSocketIsForItsOwnerOnlyAndGoesWithTheConsole) {
  config_.socket = (folder_ / "new" / "control.sock").string();
  const mode_t mask = ::umask(0);
  open();
  ::umask(mask);
  struct stat found {};
  ASSERT_EQ(::stat(config_.socket.c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 07777, 0600u);
  ASSERT_EQ(::stat((folder_ / "new").c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 07777, 0755u);
  console_.reset();
  EXPECT_FALSE(std::filesystem::exists(config_.socket));
}

TEST_F(ConsoleTest, StaleUnixSocketIsReplaced) {
  const int stale = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  config_.socket.copy(address.sun_path, sizeof address.sun_path - 1);
  ASSERT_EQ(::bind(stale, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  ::close(stale);
  ASSERT_TRUE(std::filesystem::exists(config_.socket));
  open();
  Client client = connect_unix();
  send_all(client, "one\n");
  EXPECT_TRUE(comes(client, "did one\n"));
}

TEST_F(ConsoleTest, LiveUnixSocketIsLeftAlone) {
  open();
  expect_start_error(config_, dpdk::ExitCode::unavailable, config_.socket);
  Client client = connect_unix();
  send_all(client, "one\n");
  EXPECT_TRUE(comes(client, "did one\n"));
}

TEST_F(ConsoleTest, FileInTheSocketsPlaceIsLeftAlone) {
  std::ofstream(config_.socket) << "precious";
  expect_start_error(config_, dpdk::ExitCode::unavailable, config_.socket);
  EXPECT_EQ(std::filesystem::file_size(config_.socket), 8u);
}

TEST_F(ConsoleTest, SocketOfASuccessorIsNotRemoved) {
  open();
  std::filesystem::rename(config_.socket, folder_ / "kept");  // so that its inode stays taken
  std::ofstream(config_.socket) << "another's";
  console_.reset();
  EXPECT_TRUE(std::filesystem::exists(config_.socket));
}

TEST_F(ConsoleTest, UnusablePathsAreNamed) {
  config_.socket = "/nowhere/at/all/control.sock";
  expect_start_error(config_, dpdk::ExitCode::unavailable, "/nowhere/at/all");
  config_.socket = folder_ / std::string(200, 'x');
  expect_start_error(config_, dpdk::ExitCode::config, "1 to 107 bytes");
}

TEST_F(ConsoleTest, TakenTcpPortIsNamed) {
  open();
  ControlConfig second = config_;
  second.socket += "2";
  second.listen = console_->listens_on();
  expect_start_error(second, dpdk::ExitCode::unavailable,
                     "127.0.0.1:" + std::to_string(second.listen->port));
  EXPECT_FALSE(std::filesystem::exists(second.socket));
}

TEST_F(ConsoleTest, WithoutListenThereIsNoTcp) {
  config_.listen.reset();
  open();
  EXPECT_FALSE(console_->listens_on());
  Client client = connect_unix();
  send_all(client, "one\n");
  EXPECT_TRUE(comes(client, "did one\n"));
}

// I3.1: root and our own user may change things.
TEST_F(ConsoleTest, OwnUserMayChangeThings) {
  open();
  Client tcp = connect_tcp();
  send_all(tcp, "one\n");
  ASSERT_TRUE(comes(tcp, "did one\n"));
  EXPECT_EQ(executed_.back().access, Access::change);
  Client local = connect_unix();
  send_all(local, "two\n");
  ASSERT_TRUE(comes(local, "did two\n"));
  EXPECT_EQ(executed_.back().access, Access::change);
}

TEST_F(ConsoleTest, OtherUserMayOnlyLook) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root to become somebody else";
  open();
  const Endpoint server = *console_->listens_on();
  const pid_t child = ::fork();
  if (child == 0) {
    if (::setuid(kNobody) != 0) ::_exit(2);
    Client client(server);
    const bool sent = client.send("one\n") == 4;
    char answer;
    ::_exit(sent && ::recv(client.descriptor(), &answer, 1, 0) == 1 ? 0 : 1);
  }
  int status = -1;
  EXPECT_TRUE(poll_until([&] { return ::waitpid(child, &status, WNOHANG) == child; }));
  EXPECT_EQ(status, 0);
  ASSERT_TRUE(poll_until([&] { return !executed_.empty(); }));
  EXPECT_EQ(executed_[0].access, Access::show_only);
}

// The kernel reports a closed socket as root's. Whoever has gone before the question is nobody.
TEST_F(ConsoleTest, PeerThatHasGoneMayOnlyLook) {
  open();
  Client client = connect_tcp();
  ASSERT_EQ(client.send("one\n"), 4u);
  client.close();
  ASSERT_TRUE(poll_until([&] { return !executed_.empty(); }));
  EXPECT_EQ(executed_[0].access, Access::show_only);
}

TEST_F(ConsoleTest, PeerUidKnowsLiveConnectionsOnly) {
  open();
  const Endpoint server = *console_->listens_on();
  PeerUid peer_uid(server);
  Client client = connect_tcp();
  sockaddr_in address{};
  socklen_t size = sizeof address;
  ASSERT_EQ(::getsockname(client.descriptor(), reinterpret_cast<sockaddr*>(&address), &size), 0);
  const Endpoint peer{server.address, ntohs(address.sin_port)};
  EXPECT_EQ(peer_uid.find(peer, server), ::geteuid());
  // Not one of these is a connection, though a listener has the first one's port.
  EXPECT_EQ(peer_uid.find(server, {server.address, 1}), std::nullopt);
  EXPECT_EQ(peer_uid.find(server, peer), std::nullopt);  // the other end, not yet accepted
  EXPECT_EQ(peer_uid.find(peer, {server.address, 1}), std::nullopt);
  EXPECT_EQ(peer_uid.find({net::Ipv4Address{0xc0000201}, peer.port}, server), std::nullopt);
  client.close();
  EXPECT_EQ(peer_uid.find(peer, server), std::nullopt);
}

TEST_F(ConsoleTest, PeerUidWithoutTheKernelKnowsNobody) {
  open();
  const Endpoint server = *console_->listens_on();
  PeerUid peer_uid({server.address, 1});  // nobody listens there: the trial is not answered
  Client client = connect_tcp();
  sockaddr_in address{};
  socklen_t size = sizeof address;
  ASSERT_EQ(::getsockname(client.descriptor(), reinterpret_cast<sockaddr*>(&address), &size), 0);
  EXPECT_EQ(peer_uid.find({server.address, ntohs(address.sin_port)}, server), std::nullopt);
}

}  // namespace
}  // namespace carp::control
