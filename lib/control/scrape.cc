// SPDX-License-Identifier: BSD-3-Clause
#include "lib/control/scrape.h"

#include <boost/asio/buffer.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>
#include <chrono>
#include <string_view>
#include <utility>

namespace carp::control {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;

constexpr auto kScrapeAtMost = std::chrono::seconds(10);
constexpr auto kLingerAtMost = std::chrono::seconds(1);
constexpr size_t kHeaderBytesMax = 8192;
constexpr std::string_view kPath = "/metrics";

// Queries are no part of the path.
[[nodiscard]] bool asks_for_metrics(std::string_view target) {
  return target.substr(0, target.find('?')) == kPath;
}

// Of what is not HTTP; nothing where the client went away or was too slow.
[[nodiscard]] http::status status_of(const error_code& error) {
  if (error == http::error::header_limit || error == http::error::buffer_overflow)
    return http::status::request_header_fields_too_large;
  return http::status::bad_request;
}

[[nodiscard]] bool is_over(const error_code& error) {
  return error == http::error::end_of_stream || error == http::error::partial_message ||
         error.category() != http::make_error_code(http::error::bad_method).category();
}

// "192.168.1.9"; "?" where it has gone already.
[[nodiscard]] std::string address_of(const boost::beast::tcp_stream& stream) {
  error_code error;
  const auto peer = stream.socket().remote_endpoint(error);
  return error ? "?" : peer.address().to_string();
}

}  // namespace

Scrape::Scrape(asio::ip::tcp::socket socket, const GetPage& get_page,
               std::function<void(const std::string& peer)> on_overdue)
    : get_page_(get_page),
      on_overdue_(std::move(on_overdue)),
      stream_(std::move(socket)),
      peer_(address_of(stream_)),
      input_(kHeaderBytesMax) {
  request_.header_limit(kHeaderBytesMax);
}

void Scrape::start() {
  stream_.expires_after(kScrapeAtMost);
  // A body, whoever sends one, is never read.
  http::async_read_header(
      stream_, input_, request_,
      [self = shared_from_this()](const error_code& error, size_t) { self->on_request(error); });
}

void Scrape::on_request(const error_code& error) {
  if (!error) return answer();
  if (is_over(error)) return fail(error);
  refuse(status_of(error));
}

void Scrape::answer() {
  const http::verb method = request_.get().method();
  const auto target = request_.get().target();
  if (!asks_for_metrics({target.data(), target.size()})) return refuse(http::status::not_found);
  if (method != http::verb::get && method != http::verb::head)
    return refuse(http::status::method_not_allowed);
  page_ = get_page_();
  if (!page_) return refuse(http::status::service_unavailable);
  response_.result(http::status::ok);
  response_.set(http::field::content_type, "text/plain; version=0.0.4; charset=utf-8");
  response_.content_length(page_->size());
  if (method == http::verb::get) response_.body() = {page_->data(), page_->size()};
  send();
}

void Scrape::refuse(http::status status) {
  response_.result(status);
  response_.content_length(0);
  if (status == http::status::method_not_allowed) response_.set(http::field::allow, "GET, HEAD");
  send();
}

void Scrape::send() {
  response_.keep_alive(false);
  stream_.expires_after(kScrapeAtMost);
  http::async_write(stream_, response_,
                    [self = shared_from_this()](const error_code& error, size_t) {
                      if (error) return self->fail(error);
                      error_code failed;
                      self->stream_.socket().shutdown(asio::socket_base::shutdown_send, failed);
                      self->stream_.expires_after(kLingerAtMost);
                      self->drain();
                    });
}

// The client closes first, or soon: a close with unread bytes in the socket resets the connection,
// and a reset may overtake the answer.
void Scrape::drain() {
  stream_.async_read_some(asio::buffer(rest_),
                          [self = shared_from_this()](const error_code& error, size_t) {
                            if (error) return self->close();
                            self->drain();
                          });
}

void Scrape::fail(const error_code& error) {
  if (error == boost::beast::error::timeout) on_overdue_(peer_);
  close();
}

void Scrape::close() { stream_.close(); }

}  // namespace carp::control
