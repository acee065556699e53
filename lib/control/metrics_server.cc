// SPDX-License-Identifier: BSD-3-Clause
#include "lib/control/metrics_server.h"

#include <fcntl.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <deque>
#include <exception>
#include <string>
#include <thread>
#include <utility>

#include "lib/control/listeners.h"
#include "lib/control/scrape.h"

namespace carp::control {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

constexpr auto kAcceptPause = std::chrono::seconds(1);

}  // namespace

class MetricsServer::Server {
 public:
  Server(const Endpoint& endpoint, GetPage get_page, Complain complain);
  ~Server();

  [[nodiscard]] Endpoint listens_on() const;

 private:
  void run();
  void accept();
  void accept_later();
  void admit(tcp::socket socket);

  const GetPage get_page_;
  Complaints complaints_;
  asio::io_context io_{1};
  TcpAcceptor acceptor_;
  asio::steady_timer pause_{io_};
  std::deque<std::weak_ptr<Scrape>> scrapes_;  // oldest first
  std::thread thread_;
};

MetricsServer::Server::Server(const Endpoint& endpoint, GetPage get_page, Complain complain)
    : get_page_(std::move(get_page)),
      complaints_("metrics", std::move(complain)),
      acceptor_(open_tcp(io_, endpoint, {"metrics", "[metrics] listen"})) {
  accept();
  thread_ = std::thread([this] { run(); });
}

MetricsServer::Server::~Server() {
  io_.stop();
  thread_.join();
}

// Out of memory costs a request, not the program.
void MetricsServer::Server::run() {
  while (!io_.stopped()) {
    try {
      io_.run();
    } catch (const std::exception&) {
      continue;
    }
  }
}

void MetricsServer::Server::accept() {
  acceptor_.async_accept([this](const error_code& error, tcp::socket socket) {
    // Out of descriptors: later, rather than at once and for ever.
    if (error && error != asio::error::connection_aborted) return accept_later();
    accept();
    if (!error) admit(std::move(socket));
  });
}

void MetricsServer::Server::accept_later() {
  pause_.expires_after(kAcceptPause);
  pause_.async_wait([this](const error_code&) { accept(); });
}

void MetricsServer::Server::admit(tcp::socket socket) {
  ::fcntl(socket.native_handle(), F_SETFD, FD_CLOEXEC);
  std::erase_if(scrapes_, [](const auto& scrape) { return scrape.expired(); });
  if (scrapes_.size() == kScrapesMax) {
    if (const auto oldest = scrapes_.front().lock()) {
      complaints_.note(oldest->peer(), "crowded_out");
      oldest->close();
    }
    scrapes_.pop_front();
  }
  const auto scrape = std::make_shared<Scrape>(
      std::move(socket), get_page_,
      [this](const std::string& peer) { complaints_.note(peer, "timed_out"); });
  scrapes_.push_back(scrape);
  scrape->start();
}

Endpoint MetricsServer::Server::listens_on() const {
  const tcp::endpoint endpoint = acceptor_.local_endpoint();
  return {net::Ipv4Address{endpoint.address().to_v4().to_uint()}, endpoint.port()};
}

MetricsServer::MetricsServer(const Endpoint& endpoint, GetPage get_page, Complain complain)
    : server_(std::make_unique<Server>(endpoint, std::move(get_page), std::move(complain))) {}

MetricsServer::~MetricsServer() = default;

Endpoint MetricsServer::listens_on() const { return server_->listens_on(); }

}  // namespace carp::control
