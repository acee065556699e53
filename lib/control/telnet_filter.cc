// SPDX-License-Identifier: BSD-3-Clause
#include "lib/control/telnet_filter.h"

#include <libtelnet.h>

#include <new>

#include "lib/control/line_reader.h"

namespace carp::control {
namespace {

// What we do, and what we want of the peer.
constexpr telnet_telopt_t kOptions[] = {{TELNET_TELOPT_ECHO, TELNET_WILL, TELNET_DONT},
                                        {TELNET_TELOPT_SGA, TELNET_WILL, TELNET_DO},
                                        {TELNET_TELOPT_NAWS, TELNET_WONT, TELNET_DO},
                                        {-1, 0, 0}};

}  // namespace

TelnetFilter::TelnetFilter() : telnet_(telnet_init(kOptions, &TelnetFilter::on_event, 0, this)) {
  if (!telnet_) throw std::bad_alloc();
}

void TelnetFilter::Free::operator()(telnet_t* telnet) const noexcept { telnet_free(telnet); }

// Subnegotiations are read here. All but that of NAWS are about options that were never agreed on,
// and libtelnet would not mind: it parses them all, and COMPRESS2 makes it inflate what follows, a
// few bytes into megabytes of input.
std::optional<char> TelnetFilter::feed(char byte) {
  const auto code = static_cast<uint8_t>(byte);
  data_.reset();
  switch (state_) {
    case State::data:
      if (code != TELNET_IAC) {
        pass(byte);
        break;
      }
      state_ = State::command;
      peer_speaks_telnet_ = true;
      break;
    case State::command:
      if (code == TELNET_SB) {
        state_ = State::subnegotiation;
        subnegotiation_size_ = 0;
        break;
      }
      pass(static_cast<char>(TELNET_IAC));
      pass(byte);
      state_ = code >= TELNET_WILL && code <= TELNET_DONT ? State::option : State::data;
      break;
    case State::option:
      pass(byte);
      state_ = State::data;
      break;
    case State::subnegotiation:
      if (code == TELNET_IAC) {
        state_ = State::subnegotiation_command;
      } else {
        keep(code);
      }
      break;
    case State::subnegotiation_command:
      state_ = code == TELNET_SE ? State::data : State::subnegotiation;
      if (code == TELNET_IAC) keep(code);
      if (code == TELNET_SE) end_subnegotiation();
      break;
  }
  return data_;
}

void TelnetFilter::keep(uint8_t byte) {
  if (subnegotiation_size_ < subnegotiation_.size()) subnegotiation_[subnegotiation_size_] = byte;
  ++subnegotiation_size_;
}

// NAWS: columns and rows, two bytes each.
void TelnetFilter::end_subnegotiation() {
  const auto& said = subnegotiation_;
  if (subnegotiation_size_ != said.size() || said[0] != TELNET_TELOPT_NAWS) return;
  width_ = static_cast<uint16_t>(said[1] << 8 | said[2]);
}

void TelnetFilter::pass(char byte) { telnet_recv(telnet_.get(), &byte, 1); }

void TelnetFilter::on_event(telnet_t*, telnet_event_t* event, void* user) {
  auto& filter = *static_cast<TelnetFilter*>(user);
  switch (event->type) {
    case TELNET_EV_DATA:
      filter.data_ = event->data.buffer[0];  // one byte in, at most one byte out
      break;
    case TELNET_EV_SEND: filter.replies_.append(event->data.buffer, event->data.size); break;
    case TELNET_EV_IAC: filter.on_command(event->iac.cmd); break;
    case TELNET_EV_DO:
    case TELNET_EV_DONT:
      if (event->neg.telopt == TELNET_TELOPT_ECHO) filter.echoes_ = event->type == TELNET_EV_DO;
      break;
    default: break;
  }
}

void TelnetFilter::on_command(uint8_t command) {
  switch (command) {
    case TELNET_IP:
    case TELNET_BREAK:
    case TELNET_ABORT:
    case TELNET_SUSP: data_ = kInterrupt; break;
    case TELNET_EOF: data_ = kEndOfInput; break;
    case TELNET_EC: data_ = kEraseCharacter; break;
    case TELNET_EL: data_ = kEraseLine; break;
    case TELNET_AYT: replies_ += "\r\n[dpdk-carp: yes]\r\n"; break;
    default:  // NOP, data mark, go ahead, ...: nothing to do
      break;
  }
}

void TelnetFilter::offer_editing() {
  telnet_negotiate(telnet_.get(), TELNET_WILL, TELNET_TELOPT_SGA);
  telnet_negotiate(telnet_.get(), TELNET_WILL, TELNET_TELOPT_ECHO);
  telnet_negotiate(telnet_.get(), TELNET_DO, TELNET_TELOPT_NAWS);
}

std::string TelnetFilter::encode(std::string_view text) const {
  std::string wire;
  wire.reserve(text.size() + text.size() / 16);
  for (const char byte : text) {
    if (byte == '\n' && peer_speaks_telnet_) wire += '\r';
    if (static_cast<uint8_t>(byte) == TELNET_IAC) wire += byte;
    wire += byte;
    if (byte == '\r') wire += '\0';
  }
  return wire;
}

}  // namespace carp::control
