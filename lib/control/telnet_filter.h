// SPDX-License-Identifier: BSD-3-Clause
//
// The TELNET protocol between a TCP console session and its line discipline. Every option a peer
// asks for is refused, and none is offered but ECHO while a password is asked for: the client edits
// its own lines, and a script that is asked for none never meets an IAC. Owned by one session;
// control's thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

struct telnet_t;  // of libtelnet
union telnet_event_t;

namespace carp::control {

class TelnetFilter {
 public:
  TelnetFilter();

  // The data byte that `byte` completes, if any. Telnet's commands (interrupt process, erase line,
  // ...) come out as the control characters that mean the same to the line discipline.
  [[nodiscard]] std::optional<char> feed(char byte);

  // Asks a telnet client not to show what is typed, or to show it again.
  void hide_input(bool hidden);

  // What the protocol wants sent since the last call.
  [[nodiscard]] std::string take_replies() { return std::exchange(replies_, {}); }

  // `text` as it goes to the peer: IAC doubled, and CR LF at the line ends once the peer has shown
  // that it speaks telnet.
  [[nodiscard]] std::string encode(std::string_view text) const;

 private:
  enum class State : uint8_t { data, command, option, subnegotiation, subnegotiation_command };

  static void on_event(telnet_t* telnet, telnet_event_t* event, void* filter);
  void on_command(uint8_t command);
  void pass(char byte);

  struct Free {
    void operator()(telnet_t* telnet) const noexcept;
  };
  std::unique_ptr<telnet_t, Free> telnet_;
  State state_ = State::data;
  bool peer_speaks_telnet_ = false;
  std::optional<char> data_;  // from on_event to feed
  std::string replies_;
};

}  // namespace carp::control
