// SPDX-License-Identifier: BSD-3-Clause
//
// Both ends of a console session in one thread: what a client sends, in pieces of its choice, and
// all that comes back.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "lib/control/session.h"

namespace carp::fuzz {

class Dialogue {
 public:
  // `answerer` outlives the dialogue. A client that is silent for longer than `patience` is
  // greeted.
  Dialogue(control::Talk talk, const control::Answerer& answerer,
           std::chrono::milliseconds patience);

  // Sends, and lets the session do all it can.
  void send(std::string_view bytes);
  // Closes the client's writing half; the session takes its leave.
  void end();

  [[nodiscard]] bool is_open() const { return session_->is_open(); }
  [[nodiscard]] const std::string& answers() const noexcept { return answers_; }

 private:
  using Socket = boost::asio::local::stream_protocol::socket;

  void settle();
  [[nodiscard]] bool drain();

  boost::asio::io_context context_;
  Socket client_{context_};
  std::shared_ptr<control::Session> session_;
  std::string answers_;
};

}  // namespace carp::fuzz
