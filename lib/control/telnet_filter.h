// SPDX-License-Identifier: BSD-3-Clause
//
// The TELNET protocol between a TCP console session and its line discipline. Three options are
// offered, and agreed to where the peer asks first: ECHO and SUPPRESS GO AHEAD, by which a client
// sends each key and shows none, so that we edit the line (RFC 857, 858), and NAWS, the size of its
// window (RFC 1073). All others are refused. Owned by one session; control's thread.
#pragma once

#include <array>
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

  // Offers to edit the line, and asks for the window's size.
  void offer_editing();
  // The peer leaves it to us to show what is typed. Who does not answer an offer shows it himself.
  [[nodiscard]] bool echoes() const noexcept { return echoes_; }
  // The peer's window has so many columns, if that was said since the last call; 0: it does not
  // know.
  [[nodiscard]] std::optional<uint16_t> take_width() { return std::exchange(width_, {}); }

  // What the protocol wants sent since the last call.
  [[nodiscard]] std::string take_replies() { return std::exchange(replies_, {}); }

  // `text` as it goes to the peer: IAC doubled, CR NUL for a bare CR, and CR LF at the line ends
  // once the peer has shown that it speaks telnet.
  [[nodiscard]] std::string encode(std::string_view text) const;

 private:
  enum class State : uint8_t { data, command, option, subnegotiation, subnegotiation_command };

  static void on_event(telnet_t* telnet, telnet_event_t* event, void* filter);
  void on_command(uint8_t command);
  void pass(char byte);
  void keep(uint8_t byte);
  void end_subnegotiation();

  struct Free {
    void operator()(telnet_t* telnet) const noexcept;
  };
  std::unique_ptr<telnet_t, Free> telnet_;
  State state_ = State::data;
  bool peer_speaks_telnet_ = false;
  bool echoes_ = false;
  std::optional<uint16_t> width_;
  std::array<uint8_t, 5> subnegotiation_{};  // its first bytes: the option and what NAWS says
  size_t subnegotiation_size_ = 0;           // of all its bytes
  std::optional<char> data_;                 // from on_event to feed
  std::string replies_;
};

}  // namespace carp::control
