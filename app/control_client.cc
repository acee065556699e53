// SPDX-License-Identifier: BSD-3-Clause
#include "app/control_client.h"

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace carp::app {
namespace {

// Monitors call us: a program that hangs must become an answer too.
constexpr timeval kPatience{.tv_sec = 30, .tv_usec = 0};

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int get() const { return number_; }

 private:
  int number_;
};

[[nodiscard]] NoAnswer cannot(const std::string& what, const std::string& path, int error) {
  std::string text = "cannot " + what + ' ' + path + ": " + std::strerror(error);
  if (error == ENOENT || error == ECONNREFUSED) {
    text += "; start dpdk-carp, or name its socket with -s";
  } else if (error == EACCES || error == EPERM) {
    text += "; run as the user that dpdk-carp runs as";
  } else if (error == EAGAIN) {
    text += "; dpdk-carp runs but does not answer, see its log";
  }
  return {text};
}

[[nodiscard]] int connect_to(int socket, const std::string& path) {
  sockaddr_un address{};
  if (path.size() >= sizeof address.sun_path) return ENAMETOOLONG;
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), path.size());
  const auto* any = reinterpret_cast<const sockaddr*>(&address);
  return ::connect(socket, any, sizeof address) == 0 ? 0 : errno;
}

// A console that is full says so and hangs up before it has read anything: its answer counts, not
// the broken pipe.
[[nodiscard]] int send_line(int socket, std::string_view line) {
  const std::string wire = std::string(line) + '\n';
  size_t sent = 0;
  while (sent < wire.size()) {
    const ssize_t size = ::send(socket, wire.data() + sent, wire.size() - sent, MSG_NOSIGNAL);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return errno == EPIPE ? 0 : errno;
    sent += static_cast<size_t>(size);
  }
  return ::shutdown(socket, SHUT_WR) == 0 || errno == ENOTCONN ? 0 : errno;
}

[[nodiscard]] int read_to_end(int socket, std::string& text) {
  std::array<char, 4096> piece;
  for (;;) {
    const ssize_t size = ::recv(socket, piece.data(), piece.size(), 0);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return errno;
    if (size == 0) return 0;
    text.append(piece.data(), static_cast<size_t>(size));
  }
}

}  // namespace

std::string_view Answer::error() const {
  const std::string_view lines = std::string_view(text).substr(0, text.find_last_not_of('\n') + 1);
  const std::string_view last = lines.substr(lines.rfind('\n') + 1);
  return last.starts_with("error: ") ? last : std::string_view{};
}

net::Result<Answer, NoAnswer> ask(const std::string& socket_path, std::string_view line) {
  const Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (socket.get() < 0) return cannot("open a socket for", socket_path, errno);
  ::setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof kPatience);
  ::setsockopt(socket.get(), SOL_SOCKET, SO_SNDTIMEO, &kPatience, sizeof kPatience);
  if (const int error = connect_to(socket.get(), socket_path)) {
    return cannot("connect to", socket_path, error);
  }
  if (const int error = send_line(socket.get(), line)) {
    return cannot("send to", socket_path, error);
  }
  Answer answer;
  if (const int error = read_to_end(socket.get(), answer.text)) {
    return cannot("read from", socket_path, error);
  }
  return answer;
}

}  // namespace carp::app
