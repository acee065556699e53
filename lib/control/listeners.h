// SPDX-License-Identifier: BSD-3-Clause
//
// The two doors of the console, a TCP port and a UNIX socket, and the TCP port of the metrics
// server, opened at start. Who else holds them, and what a crash left behind, is sorted out here.
#pragma once

#include <sys/types.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <string>

#include "lib/control/config.h"

namespace carp::control {

using TcpAcceptor = boost::asio::ip::tcp::acceptor;
using UnixAcceptor = boost::asio::local::stream_protocol::acceptor;

// Whose port it is, and which setting moves it: for people, where it cannot be had.
struct PortOwner {
  std::string name = "console";
  std::string setting = "[control] listen";
};

// Throws dpdk::StartError.
[[nodiscard]] TcpAcceptor open_tcp(boost::asio::io_context& io, const Endpoint& endpoint,
                                   const PortOwner& owner = {});

// A listening UNIX socket and its name in the file system.
class UnixListener {
 public:
  // Makes the folder if there is none (mode 0755) and the socket (mode 0600), in place of one that
  // nobody listens on any more. Throws dpdk::StartError where somebody does, or where something
  // else has the name.
  UnixListener(boost::asio::io_context& io, const std::string& path);
  // Removes the name, unless it is another's by now.
  ~UnixListener();
  UnixListener(const UnixListener&) = delete;
  UnixListener& operator=(const UnixListener&) = delete;

  [[nodiscard]] UnixAcceptor& acceptor() noexcept { return acceptor_; }

 private:
  std::string path_;
  UnixAcceptor acceptor_;
  dev_t device_ = 0;  // these two tell our socket from a later one of the same name
  ino_t inode_ = 0;
};

}  // namespace carp::control
