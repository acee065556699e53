// SPDX-License-Identifier: BSD-3-Clause
#include "tests/fuzz/dialogue.h"

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/local/connect_pair.hpp>
#include <boost/asio/write.hpp>

#include "tests/fuzz/property.h"

namespace carp::fuzz {

using boost::system::error_code;

Dialogue::Dialogue(control::Talk talk, const control::Answerer& answerer,
                   std::chrono::milliseconds patience) {
  Socket server(context_);
  boost::asio::local::connect_pair(client_, server);
  client_.non_blocking(true);
  session_ = std::make_shared<control::Session>(control::StreamSocket(std::move(server)), talk,
                                                control::Access::change, answerer);
  session_->start(patience);
  settle();
}

// An input is smaller than the socket's buffer, so that nothing has to wait for room.
void Dialogue::send(std::string_view bytes) {
  error_code error;
  const size_t sent = client_.write_some(boost::asio::buffer(bytes.data(), bytes.size()), error);
  must(error || sent == bytes.size(), "the socket takes a whole piece");
  settle();
}

void Dialogue::end() {
  error_code ignored;
  client_.shutdown(Socket::shutdown_send, ignored);
  settle();
  must(!session_->is_open(), "a session ends when its client has");
}

void Dialogue::settle() {
  bool moved = true;
  while (moved) {
    context_.restart();
    moved = context_.poll() > 0;
    moved = session_->step() || moved;
    moved = drain() || moved;
  }
}

bool Dialogue::drain() {
  std::array<char, 4096> piece;
  bool some = false;
  error_code error;
  while (const size_t size = client_.read_some(boost::asio::buffer(piece), error)) {
    answers_.append(piece.data(), size);
    some = true;
  }
  return some;
}

}  // namespace carp::fuzz
