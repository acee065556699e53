// SPDX-License-Identifier: BSD-3-Clause
#include "lib/control/console.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <string_view>
#include <utility>
#include <vector>

#include "lib/control/listeners.h"
#include "lib/control/peer_uid.h"
#include "lib/control/session.h"

namespace carp::control {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using UnixSocket = asio::local::stream_protocol::socket;

constexpr int kEventsPerPoll = 16;  // an accept, a read or a write is one
constexpr std::chrono::seconds kSweepInterval{1};

[[nodiscard]] Endpoint to_endpoint(const tcp::endpoint& endpoint) {
  return {net::Ipv4Address{endpoint.address().to_v4().to_uint()}, endpoint.port()};
}

// Answers and hangs up without waiting. What the peer has sent already is taken off first, or the
// close would reset the connection and the line might not arrive.
template <typename Socket>
void turn_away(Socket socket) {
  constexpr std::string_view kAnswer = "error: too many sessions\n";
  std::array<char, 1024> unread;
  (void)::recv(socket.native_handle(), unread.data(), unread.size(), MSG_DONTWAIT);
  (void)::send(socket.native_handle(), kAnswer.data(), kAnswer.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
}

// How the log calls it: by its address, or by the process that opened the UNIX socket.
[[nodiscard]] std::string name_of(const tcp::socket& peer) {
  error_code error;
  const tcp::endpoint endpoint = peer.remote_endpoint(error);
  if (error) return "gone";
  return endpoint.address().to_string() + ':' + std::to_string(endpoint.port());
}

[[nodiscard]] std::string name_of(UnixSocket& peer) {
  ucred owner{};
  socklen_t size = sizeof owner;
  ::getsockopt(peer.native_handle(), SOL_SOCKET, SO_PEERCRED, &owner, &size);
  return "pid:" + std::to_string(owner.pid);
}

}  // namespace

class Console::Server {
 public:
  Server(const ControlConfig& config, Answerer answerer, std::string password, Complain complain);

  void poll();
  [[nodiscard]] std::optional<Endpoint> listens_on() const;

 private:
  void accept_tcp();
  void accept_unix();
  template <typename Socket>
  void admit(Socket socket, Talk talk, Access access);
  template <typename Socket>
  void refuse(Socket socket);
  [[nodiscard]] bool has_room(Talk talk) const;
  [[nodiscard]] Access access_of(const tcp::socket& socket);
  void execute_lines();
  void sweep_later();
  void sweep();

  const Answerer answerer_;
  Complaints complaints_;
  const std::chrono::seconds idle_timeout_;
  asio::io_context io_{1};
  asio::executor_work_guard<asio::io_context::executor_type> keep_running_{io_.get_executor()};
  asio::steady_timer timer_{io_};
  UnixListener unix_;
  std::optional<TcpAcceptor> tcp_;
  std::optional<PeerUid> peer_uid_;  // else
  std::optional<Login> login_;       // decides
  bool accepts_unix_ = false;
  bool accepts_tcp_ = false;
  std::vector<std::shared_ptr<Session>> sessions_;
  size_t first_ = 0;  // whose turn it is
};

Console::Server::Server(const ControlConfig& config, Answerer answerer, std::string password,
                        Complain complain)
    : answerer_(std::move(answerer)),
      complaints_("console", std::move(complain)),
      idle_timeout_(config.idle_timeout),
      unix_(io_, config.socket) {
  if (!password.empty()) login_.emplace(std::move(password));
  if (config.listen) {
    tcp_ = open_tcp(io_, *config.listen);
    if (!login_) peer_uid_.emplace(*listens_on());
    accept_tcp();
  }
  accept_unix();
  sweep_later();
}

void Console::Server::poll() {
  for (int i = 0; i < kEventsPerPoll && io_.poll_one() > 0; ++i) continue;
  execute_lines();
  std::erase_if(sessions_, [](const auto& session) { return !session->is_open(); });
}

// Everybody's turn once, beginning one further each time: a session that sends a thousand lines
// holds up neither control nor its neighbours.
void Console::Server::execute_lines() {
  int lines = 0;
  const size_t count = sessions_.size();
  for (size_t i = 0; i < count && lines < kLinesPerPoll; ++i) {
    if (sessions_[(first_ + i) % count]->step()) ++lines;
  }
  ++first_;
}

void Console::Server::accept_tcp() {
  accepts_tcp_ = true;
  tcp_->async_accept([this](const error_code& error, tcp::socket socket) {
    accepts_tcp_ = false;
    // Out of descriptors: the next sweep tries again, rather than every poll.
    if (error && error != asio::error::connection_aborted) return;
    if (!error && has_room(Talk::telnet)) {
      error_code ignored;
      socket.set_option(tcp::no_delay(true), ignored);
      // telnet(1) sends the data mark after Ctrl-C as urgent data; out of line it would be lost,
      // and its IAC would eat the next byte.
      socket.set_option(tcp::socket::out_of_band_inline(true), ignored);
      const Access access = access_of(socket);
      admit(std::move(socket), Talk::telnet, access);
    } else if (!error) {
      refuse(std::move(socket));
    }
    accept_tcp();
  });
}

void Console::Server::accept_unix() {
  accepts_unix_ = true;
  unix_.acceptor().async_accept([this](const error_code& error, UnixSocket socket) {
    accepts_unix_ = false;
    if (error && error != asio::error::connection_aborted) return;
    if (!error && has_room(Talk::plain)) {
      admit(std::move(socket), Talk::plain, Access::change);  // mode 0600 has already asked
    } else if (!error) {
      refuse(std::move(socket));
    }
    accept_unix();
  });
}

template <typename Socket>
void Console::Server::admit(Socket socket, Talk talk, Access access) {
  ::fcntl(socket.native_handle(), F_SETFD, FD_CLOEXEC);  // hooks are none of the peer's business
  auto complain = [this, peer = name_of(socket)](const char* event) {
    complaints_.note(peer, event);
  };
  sessions_.push_back(std::make_shared<Session>(StreamSocket(std::move(socket)), talk, access,
                                                answerer_, std::move(complain)));
  if (login_ && talk == Talk::telnet) sessions_.back()->ask_password(*login_);
  sessions_.back()->start();
}

template <typename Socket>
void Console::Server::refuse(Socket socket) {
  complaints_.note(name_of(socket), "turned_away");
  turn_away(std::move(socket));
}

bool Console::Server::has_room(Talk talk) const {
  const auto count = std::count_if(sessions_.begin(), sessions_.end(), [talk](const auto& session) {
    return session->is_open() && session->talk() == talk;
  });
  return static_cast<size_t>(count) < kSessionsMax;
}

Access Console::Server::access_of(const tcp::socket& socket) {
  error_code peer_error;
  error_code own_error;
  const tcp::endpoint peer = socket.remote_endpoint(peer_error);
  const tcp::endpoint own = socket.local_endpoint(own_error);
  if (!peer_uid_ || peer_error || own_error) return Access::show_only;
  const std::optional<uid_t> uid = peer_uid_->find(to_endpoint(peer), to_endpoint(own));
  return uid && (*uid == 0 || *uid == ::geteuid()) ? Access::change : Access::show_only;
}

void Console::Server::sweep_later() {
  timer_.expires_after(kSweepInterval);
  timer_.async_wait([this](const error_code& error) {
    if (!error) sweep();
  });
}

void Console::Server::sweep() {
  const auto now = Session::Clock::now();
  for (const auto& session : sessions_) session->close_if_overdue(now, idle_timeout_);
  if (tcp_ && !accepts_tcp_) accept_tcp();
  if (!accepts_unix_) accept_unix();
  sweep_later();
}

std::optional<Endpoint> Console::Server::listens_on() const {
  if (!tcp_) return std::nullopt;
  return to_endpoint(tcp_->local_endpoint());
}

Console::Console(const ControlConfig& config, Answerer answerer, std::string password,
                 Complain complain)
    : server_(std::make_unique<Server>(config, std::move(answerer), std::move(password),
                                       std::move(complain))) {}

Console::~Console() = default;

void Console::poll() { server_->poll(); }

std::optional<Endpoint> Console::listens_on() const { return server_->listens_on(); }

}  // namespace carp::control
