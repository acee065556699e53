// SPDX-License-Identifier: BSD-3-Clause
//
// A console on real sockets, driven by the test itself: everything happens in poll(), and a test
// polls until what it waits for is there. The deadline is only for tests that fail.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lib/control/commands.h"
#include "lib/control/console.h"
#include "lib/control/session.h"

namespace carp::control {

// What a telnet client that waits for the prompt is offered: SUPPRESS GO AHEAD and ECHO; its
// window's size is asked for.
inline constexpr std::string_view kOffer = "\xff\xfb\x03\xff\xfb\x01\xff\xfd\x1f";

// The other end of a session; never blocks once it is connected.
class Client {
 public:
  explicit Client(const std::string& path) : socket_(::socket(AF_UNIX, SOCK_STREAM, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    connect(reinterpret_cast<const sockaddr*>(&address), sizeof address);
  }
  explicit Client(const Endpoint& server) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(server.port);
    address.sin_addr.s_addr = htonl(server.address.value);
    connect(reinterpret_cast<const sockaddr*>(&address), sizeof address);
  }
  ~Client() { close(); }
  Client(Client&& other) noexcept
      : received(std::move(other.received)),
        is_closed(other.is_closed),
        socket_(std::exchange(other.socket_, -1)) {}
  Client& operator=(Client&&) = delete;

  // Sends what goes into the socket's buffer and returns how much that was.
  size_t send(std::string_view bytes) {
    const ssize_t size = ::send(socket_, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    return size < 0 ? 0 : static_cast<size_t>(size);
  }
  void end_input() { ::shutdown(socket_, SHUT_WR); }
  void close() {
    if (socket_ >= 0) ::close(std::exchange(socket_, -1));
  }
  // Takes what has come into `received`.
  void receive() {
    char piece[65536];
    for (;;) {
      const ssize_t size = ::recv(socket_, piece, sizeof piece, MSG_DONTWAIT);
      if (size < 0 && errno == EAGAIN) return;
      if (size <= 0) is_closed = true;
      if (size <= 0) return;
      received.append(piece, static_cast<size_t>(size));
    }
  }
  [[nodiscard]] int descriptor() const { return socket_; }

  std::string received;
  bool is_closed = false;

 private:
  void connect(const sockaddr* address, socklen_t size) {
    if (::connect(socket_, address, size) != 0) {
      ADD_FAILURE() << "connect: " << std::strerror(errno);
    }
  }
  int socket_;
};

// Commands that a test console knows; any other line is answered by "did LINE".
//   quit        ends the session          silent    succeeds without output
//   fail        fails, quoting an escape  big       answers kBigAnswer bytes
//   wait        begins, and goes on when a test puts the rest into rest_
class ConsoleTest : public ::testing::Test {
 protected:
  static constexpr size_t kBigAnswer = 1'000'000;

  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "console_test.XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
    config_.socket = (folder_ / "control.sock").string();
    config_.listen = Endpoint{net::Ipv4Address{INADDR_LOOPBACK}, 0};
  }
  void TearDown() override {
    console_.reset();
    std::filesystem::remove_all(folder_);
  }

  void open() {
    console_ = std::make_unique<Console>(
        config_,
        Answerer{
            .execute = [this](std::string_view line,
                              Access access) { return execute(line, access); },
            .resume = [this](const Waiting&, Access) { return std::exchange(rest_, std::nullopt); },
            .complete = [](std::string_view before) { return complete(before); },
        },
        password_, [this](const std::string& line) { log_ += line + '\n'; });
  }
  [[nodiscard]] Client connect_tcp() { return Client(*console_->listens_on()); }
  [[nodiscard]] Client connect_unix() { return Client(config_.socket); }

  // Polls until `done`; false if that takes longer than any machine needs.
  [[nodiscard]] bool poll_until(const std::function<bool()>& done) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (!done()) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      console_->poll();
    }
    return true;
  }
  [[nodiscard]] bool comes(Client& client, std::string_view text) {
    return poll_until([&] {
      client.receive();
      return client.received.find(text) != std::string::npos;
    });
  }
  [[nodiscard]] bool closes(Client& client) {
    return poll_until([&] {
      client.receive();
      return client.is_closed;
    });
  }
  // All that comes until the console closes.
  [[nodiscard]] std::string read_to_end(Client& client) {
    EXPECT_TRUE(closes(client));
    return client.received;
  }
  void send_all(Client& client, std::string_view bytes) {
    EXPECT_TRUE(poll_until([&] {
      bytes.remove_prefix(client.send(bytes));
      client.receive();
      return bytes.empty() || client.is_closed;
    }));
  }
  void poll_many() {
    for (int i = 0; i < 1000; ++i) console_->poll();
  }

  struct Executed {
    std::string line;
    Access access;
  };
  Reply execute(std::string_view line, Access access) {
    executed_.push_back({std::string(line), access});
    if (line == "quit") return {.text = "bye\n", .error = false, .quit = true};
    if (line == "fail") return {.text = "error: what is \x1b[2J\xff?\n", .error = true};
    if (line == "silent") return {};
    if (line == "wait") return {.text = "began\n", .waiting = std::make_shared<Waiting>()};
    if (line == "big") return {.text = std::string(kBigAnswer - 1, 'x') + '\n'};
    return {.text = "did " + std::string(line) + '\n'};
  }

  // `c` is the beginning of carp0; behind `pass ` anything may stand.
  [[nodiscard]] static Completion complete(std::string_view before) {
    if (before.ends_with("pass ")) return {.is_free = true};
    if (before.ends_with('c')) return {.words = {"carp0"}, .typed = 1, .help = "a name\n"};
    return {.help = "any line\n"};
  }

  std::filesystem::path folder_;
  ControlConfig config_;
  std::string password_;  // empty: none is asked for
  std::vector<Executed> executed_;
  std::optional<Reply> rest_;  // what a session that waits is told next
  std::string log_;            // what was said of clients, line by line
  std::unique_ptr<Console> console_;
};

}  // namespace carp::control
