// SPDX-License-Identifier: BSD-3-Clause
#include "lib/control/session.h"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <utility>

#include "lib/control/http_request.h"
#include "lib/control/printable.h"

namespace carp::control {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

constexpr size_t kSendBytesMax = 64 * 1024;  // in one call
constexpr std::chrono::seconds kLingerMax{1};
constexpr std::chrono::seconds kDeafAfter{2};  // taking nothing of what waits for it

[[nodiscard]] bool must_wait(const error_code& error) {
  return error == asio::error::would_block || error == asio::error::try_again ||
         error == asio::error::interrupted;
}

[[nodiscard]] bool is_iac(char byte) { return static_cast<uint8_t>(byte) == 0xff; }
[[nodiscard]] bool is_blank(std::string_view line) {
  return line.find_first_not_of(" \t") == std::string_view::npos;
}

}  // namespace

Session::Session(StreamSocket socket, Talk talk, Access access, const Answerer& answerer, Rude rude)
    : socket_(std::move(socket)),
      talk_(talk),
      access_(access),
      answerer_(answerer),
      rude_(std::move(rude)) {
  if (talk == Talk::telnet) telnet_.emplace();
}

void Session::start(std::chrono::milliseconds patience) {
  error_code error;
  socket_.non_blocking(true, error);
  if (error) return close();
  if (telnet_) greeting_at_ = Clock::now() + patience;
}

bool Session::step() {
  if (!is_open() || is_finished_ || !output_.empty()) return false;
  if (greeting_at_) return greet();
  if (verdict_) return let_in();
  if (waiting_) return answer_rest();
  while (input_next_ < input_size_) {
    const Input input = take(input_[input_next_++]);
    if (input == Input::none) continue;
    if (is_editing_) write(editor_.take_echo());
    answer(input);
    send();
    return true;
  }
  if (is_editing_) write(editor_.take_echo());
  send();  // and what telnet wanted said
  if (!output_.empty()) return false;
  if (input_ended_) {
    say_goodbye();
  } else if (!awaits_input_) {
    await_input();
  }
  return false;
}

// A client that begins with telnet's own words wants to be asked as well.
bool Session::greet() {
  const bool has_spoken = input_size_ > 0;
  error_code ignored;
  const bool may_speak = Clock::now() < *greeting_at_ || socket_.available(ignored) > 0;
  if (!has_spoken && !input_ended_ && may_speak) {
    if (!awaits_input_) await_input();
    return false;
  }
  greeting_at_.reset();
  if (!has_spoken || is_iac(input_[0])) telnet_->offer_editing();
  output_ += telnet_->take_replies();
  write_prompt();
  send();
  return true;
}

void Session::say_goodbye() {
  if (is_inside_line()) {
    rude_("line_without_end");
    write_error("the last line has no end, it was not executed");
  }
  finish();
  send();
}

Input Session::take(char byte) {
  std::optional<char> data = byte;
  if (telnet_) {
    data = telnet_->feed(byte);
    output_ += telnet_->take_replies();
    if (const auto width = telnet_->take_width()) editor_.set_width(*width);
  }
  if (data) data = line_ends_.feed(*data);
  if (!data) return Input::none;
  choose_discipline();
  return is_editing_ ? editor_.feed(*data) : reader_.feed(*data);
}

// Between two lines alone. A password is read, never edited: nothing of it is shown or remembered.
void Session::choose_discipline() {
  if (is_inside_line()) return;
  is_editing_ = telnet_ && telnet_->echoes() && login_ == nullptr;
}

std::string_view Session::line() const { return is_editing_ ? editor_.line() : reader_.line(); }

void Session::answer(Input input) {
  if (input == Input::end) return finish();
  if (input == Input::complete || input == Input::help) return assist(input);
  if (input == Input::interrupt) {
    if (telnet_) write("\n");
  } else {
    // A browser that a web page has talked into posting commands (I3.1).
    const bool is_first = std::exchange(is_first_line_, false);
    if (telnet_ && is_first && is_http_request(line())) {
      rude_("http_request");
      return close();
    }
    if (login_ != nullptr) return judge_password(input);
    if (input == Input::line) answer_line();
    if (input == Input::too_long) {
      rude_("line_too_long");
      write_error("line too long, at most " + std::to_string(kLineBytesMax) + " bytes");
    }
    if (input == Input::not_text) {
      rude_("not_text");
      write_error("control character in the line");
    }
  }
  if (!is_finished_ && !waiting_) write_prompt();
}

void Session::assist(Input input) {
  const Completion choice =
      answerer_.complete ? answerer_.complete(editor_.before_cursor()) : Completion{};
  input == Input::complete ? editor_.complete(choice) : editor_.help(choice);
  write(editor_.take_echo());
}

// The verdict is held back, so that nobody guesses fast (I3.1).
void Session::judge_password(Input input) {
  verdict_at_ = Clock::now() + login_->delay();
  verdict_ = login_->is_right(input == Input::line ? reader_.line() : std::string_view());
}

bool Session::let_in() {
  if (Clock::now() < verdict_at_) return false;
  write("\n");  // the one that was typed was not shown
  if (*std::exchange(verdict_, std::nullopt)) {
    login_ = nullptr;
    access_ = Access::change;
    write_prompt();
  } else {
    rude_("wrong_password");
    write_error("wrong password");
    if (--answers_left_ == 0) {
      finish();
    } else {
      write_prompt();
    }
  }
  send();
  return true;
}

void Session::answer_line() {
  if (is_blank(line())) return;
  write_reply(answerer_.execute(line(), access_));
}

bool Session::answer_rest() {
  const std::optional<Reply> reply = answerer_.resume(*waiting_, access_);
  if (!reply) return false;
  write_reply(*reply);
  if (!is_finished_ && !waiting_) write_prompt();
  send();
  return true;
}

void Session::write_reply(const Reply& reply) {
  write(reply.error ? printable_error(reply.text) : printable(reply.text));
  waiting_ = reply.waiting;
  if (reply.quit) finish();
}

void Session::write_prompt() {
  if (telnet_) write(login_ != nullptr ? kPasswordPrompt : kPrompt);
}

void Session::write(std::string_view text) {
  if (telnet_) {
    output_ += telnet_->encode(text);
  } else {
    output_ += text;
  }
}

void Session::write_error(std::string_view text) { write("error: " + std::string(text) + "\n"); }

// One piece at a time, so that a long answer to a fast reader takes turns with everything else.
void Session::send() {
  if (!is_open() || awaits_room_ || output_.empty()) return;
  error_code error;
  const size_t size = std::min(output_.size() - output_sent_, kSendBytesMax);
  const size_t sent = socket_.write_some(asio::buffer(output_.data() + output_sent_, size), error);
  if (error && !must_wait(error)) return close();
  if (sent > 0) last_activity_ = Clock::now();
  output_sent_ += sent;
  if (output_sent_ < output_.size()) return await_room();
  output_ = {};  // gives the memory of a long answer back
  output_sent_ = 0;
  if (is_finished_) on_all_sent();
}

void Session::await_room() {
  awaits_room_ = true;
  socket_.async_wait(StreamSocket::wait_write,
                     [self = shared_from_this()](const error_code& error) {
                       self->awaits_room_ = false;
                       if (!error) self->send();
                     });
}

void Session::await_input() {
  awaits_input_ = true;
  socket_.async_wait(StreamSocket::wait_read, [self = shared_from_this()](const error_code& error) {
    self->awaits_input_ = false;
    if (!error) self->on_readable();
  });
}

void Session::on_readable() {
  if (!is_open()) return;
  error_code error;
  const size_t size = socket_.read_some(asio::buffer(input_), error);
  if (must_wait(error)) return await_input();
  if (error && error != asio::error::eof) {
    if (is_inside_line()) rude_("line_without_end");
    return close();
  }
  if (error) {
    input_ended_ = true;
    if (is_finished_) close();
    return;
  }
  if (is_finished_) return await_input();  // nobody wants to know any more
  last_activity_ = Clock::now();
  input_next_ = 0;
  input_size_ = size;
}

void Session::finish() {
  if (!is_open() || std::exchange(is_finished_, true)) return;
  if (output_.empty()) on_all_sent();
}

// The peer closes first, or soon: closing a socket with unread bytes in it resets the connection,
// and a reset may overtake the last answer.
void Session::on_all_sent() {
  if (input_ended_) return close();
  error_code error;
  socket_.shutdown(StreamSocket::shutdown_send, error);
  if (error) return close();
  last_activity_ = Clock::now();
  if (!awaits_input_) await_input();
}

void Session::close() {
  error_code ignored;
  socket_.close(ignored);
}

void Session::close_if_overdue(Clock::time_point now, std::chrono::seconds idle_timeout) {
  const bool lingers = is_finished_ && output_.empty();
  if (is_open() && login_ != nullptr && now - began_ >= kLoginTime) {
    rude_("no_password");
    return close();
  }
  if (is_open() && awaits_room_ && now - last_activity_ >= kDeafAfter &&
      !std::exchange(is_known_deaf_, true))
    rude_("reads_nothing");
  if (!lingers && idle_timeout.count() == 0) return;
  if (is_open() && now - last_activity_ >= (lingers ? kLingerMax : idle_timeout)) close();
}

}  // namespace carp::control
