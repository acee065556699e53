// SPDX-License-Identifier: BSD-3-Clause
//
// One connection to the metrics server: a request, its answer, the end. The metrics server's
// thread.
#pragma once

#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/span_body.hpp>
#include <functional>
#include <memory>
#include <string>

#include "lib/control/metrics_server.h"

namespace carp::control {

class Scrape : public std::enable_shared_from_this<Scrape> {
 public:
  // `get_page` outlives it. `on_overdue` is told the peer's address where its time is over.
  Scrape(boost::asio::ip::tcp::socket socket, const GetPage& get_page,
         std::function<void(const std::string& peer)> on_overdue);

  void start();
  void close();

  [[nodiscard]] const std::string& peer() const noexcept { return peer_; }

 private:
  void on_request(const boost::system::error_code& error);
  void answer();
  void refuse(boost::beast::http::status status);
  void send();
  void drain();
  void fail(const boost::system::error_code& error);

  const GetPage& get_page_;
  const std::function<void(const std::string& peer)> on_overdue_;
  boost::beast::tcp_stream stream_;
  const std::string peer_;  // its address
  boost::beast::flat_buffer input_;
  boost::beast::http::request_parser<boost::beast::http::empty_body> request_;
  std::shared_ptr<const std::string> page_;  // what the response points into
  boost::beast::http::response<boost::beast::http::span_body<const char>> response_;
  std::array<char, 1024> rest_;  // of what the client sends, which nobody reads
};

}  // namespace carp::control
