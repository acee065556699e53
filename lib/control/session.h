// SPDX-License-Identifier: BSD-3-Clause
//
// One operator or script at the console. A session reads a little, executes a line when it is told
// to, and reads on only when the answer is out: whoever does not read gets nothing executed, and a
// session never holds more than one piece of input and one answer, or one piece of a long one.
//
// A telnet client that waits for the prompt is offered that we edit its lines; one that speaks
// first is a script, is offered nothing, and meets not a single IAC. Control's thread.
#pragma once

#include <array>
#include <boost/asio/generic/stream_protocol.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "lib/control/console.h"
#include "lib/control/line_editor.h"
#include "lib/control/line_ends.h"
#include "lib/control/line_reader.h"
#include "lib/control/login.h"
#include "lib/control/telnet_filter.h"

namespace carp::control {

using StreamSocket = boost::asio::generic::stream_protocol::socket;

// What is spoken: telnet with a prompt on TCP, nothing but lines on the UNIX socket (I3.6).
enum class Talk : uint8_t { telnet, plain };

inline constexpr std::string_view kPrompt = "dpdk-carp> ";
inline constexpr std::string_view kPasswordPrompt = "Password: ";

// So long the prompt waits for who speaks first.
inline constexpr std::chrono::milliseconds kPatience{100};

class Session : public std::enable_shared_from_this<Session> {
 public:
  using Clock = std::chrono::steady_clock;

  // Told in a word of the log what the client does that it should not.
  using Rude = std::function<void(const char* event)>;

  // `answerer` outlives the session.
  Session(
      StreamSocket socket, Talk talk, Access access, const Answerer& answerer,
      Rude rude = [](const char*) {});

  // Has the session ask for the password first; who gives it may change things. Requires: telnet,
  // called before start(); `login` outlives the session.
  void ask_password(Login& login) { login_ = &login; }

  void start(std::chrono::milliseconds patience = kPatience);

  // Executes the next line that has been read, answers the rest of the last one, or says what may
  // stand at the cursor; true if there was something to do.
  bool step();

  // Closes a session that nothing has come from or gone to for `idle_timeout` (0: never), or that
  // has said goodbye and waits in vain for the peer to do so. Names one that does not read.
  void close_if_overdue(Clock::time_point now, std::chrono::seconds idle_timeout);

  [[nodiscard]] bool is_open() const { return socket_.is_open(); }
  [[nodiscard]] Talk talk() const noexcept { return talk_; }

 private:
  // Reading.
  void await_input();
  void on_readable();
  [[nodiscard]] Input take(char byte);
  void choose_discipline();
  [[nodiscard]] bool is_inside_line() const {
    return reader_.is_inside_line() || editor_.is_inside_line();
  }
  [[nodiscard]] std::string_view line() const;

  // Letting in.
  [[nodiscard]] bool greet();
  void judge_password(Input input);
  [[nodiscard]] bool let_in();

  // Answering.
  void answer(Input input);
  void answer_line();
  void assist(Input input);
  [[nodiscard]] bool answer_rest();
  void write_reply(const Reply& reply);
  void write_prompt();
  void write(std::string_view text);
  void write_error(std::string_view text);

  // Sending.
  void send();
  void await_room();

  // Closing.
  void say_goodbye();
  void finish();
  void on_all_sent();
  void close();

  StreamSocket socket_;
  const Talk talk_;
  Access access_;
  const Answerer& answerer_;
  const Rude rude_;
  std::shared_ptr<const Waiting> waiting_;  // set: the last line's answer is not complete

  std::optional<TelnetFilter> telnet_;
  LineEnds line_ends_;
  LineReader reader_;
  LineEditor editor_{kPrompt};
  bool is_editing_ = false;  // the line goes through the editor, else through the reader
  std::array<char, 1024> input_;
  size_t input_size_ = 0;
  size_t input_next_ = 0;
  bool awaits_input_ = false;
  bool input_ended_ = false;  // the peer has closed its writing half
  bool is_first_line_ = true;
  std::optional<Clock::time_point> greeting_at_;  // set: not yet greeted

  Login* login_ = nullptr;  // null: in
  int answers_left_ = kLoginAttempts;
  std::optional<bool> verdict_;     // on the last answer; told
  Clock::time_point verdict_at_{};  // then
  Clock::time_point began_ = Clock::now();

  std::string output_;
  size_t output_sent_ = 0;
  bool awaits_room_ = false;
  bool is_known_deaf_ = false;  // it was said that it does not read

  bool is_finished_ = false;  // executes nothing more; closes when the output is out
  Clock::time_point last_activity_ = Clock::now();
};

}  // namespace carp::control
