// SPDX-License-Identifier: BSD-3-Clause
#include "lib/control/listeners.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <boost/asio/ip/address_v4.hpp>
#include <cerrno>
#include <cstring>
#include <string_view>

#include "lib/dpdk/start_error.h"

namespace carp::control {
namespace {

using boost::system::error_code;
using dpdk::ExitCode;
using dpdk::StartError;

constexpr int kBacklog = 16;

[[nodiscard]] StartError start_error(const std::string& what, int error, const std::string& advice,
                                     const std::string& who = "console") {
  const bool forbidden = error == EACCES || error == EPERM || error == EROFS;
  return StartError(forbidden ? ExitCode::permission : ExitCode::unavailable,
                    who + ": " + what + ": " + std::strerror(error) + "; " + advice);
}

[[nodiscard]] StartError socket_error(const std::string& path, int error) {
  return start_error("cannot listen on UNIX socket " + path, error,
                     "check the folder's owner and mode, or change [control] socket");
}

// A hook that outlives the program must not keep its doors open.
void close_on_exec(int descriptor) { ::fcntl(descriptor, F_SETFD, FD_CLOEXEC); }

void make_folder(const std::string& path) {
  const size_t slash = path.rfind('/');
  if (slash == std::string::npos || slash == 0) return;
  const std::string folder = path.substr(0, slash);
  if (::mkdir(folder.c_str(), 0755) != 0 && errno != EEXIST) {
    throw start_error("cannot make the folder " + folder, errno,
                      "make it, or change [control] socket");
  }
}

// Requires: `path` fits.
[[nodiscard]] sockaddr_un address_of(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  return address;
}

// Does a program answer behind this name? A full queue (EAGAIN) is an answer.
[[nodiscard]] bool somebody_listens(const std::string& path) {
  const int probe = ::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (probe < 0) throw socket_error(path, errno);
  const sockaddr_un address = address_of(path);
  const int result = ::connect(probe, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  const int error = result == 0 ? 0 : errno;
  ::close(probe);
  if (error == 0 || error == EAGAIN) return true;
  if (error == ECONNREFUSED || error == ENOENT) return false;
  throw socket_error(path, error);
}

void remove_stale(const std::string& path) {
  struct stat found {};
  if (::lstat(path.c_str(), &found) != 0) return;
  if (!S_ISSOCK(found.st_mode)) {
    throw StartError(ExitCode::unavailable, "console: cannot listen on UNIX socket " + path +
                                                ": a file that is no socket has this name; remove "
                                                "it, or change [control] socket");
  }
  if (somebody_listens(path)) {
    throw StartError(ExitCode::unavailable, "console: cannot listen on UNIX socket " + path +
                                                ": a running program answers there; stop it, or "
                                                "give each its own [control] socket");
  }
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) throw socket_error(path, errno);
}

}  // namespace

TcpAcceptor open_tcp(boost::asio::io_context& io, const Endpoint& endpoint,
                     const PortOwner& owner) {
  TcpAcceptor acceptor(io);
  const boost::asio::ip::tcp::endpoint address(boost::asio::ip::address_v4(endpoint.address.value),
                                               endpoint.port);
  error_code error;
  acceptor.open(address.protocol(), error);
  if (!error) acceptor.set_option(TcpAcceptor::reuse_address(true), error);
  if (!error) acceptor.bind(address, error);
  if (!error) acceptor.listen(kBacklog, error);
  if (error) {
    throw start_error("cannot listen on TCP " + net::to_string(endpoint.address) + ':' +
                          std::to_string(endpoint.port),
                      error.value(), "stop the program that has it, or change " + owner.setting,
                      owner.name);
  }
  close_on_exec(acceptor.native_handle());
  return acceptor;
}

UnixListener::UnixListener(boost::asio::io_context& io, const std::string& path)
    : path_(path), acceptor_(io) {
  if (path.empty() || path.size() >= sizeof(sockaddr_un::sun_path)) {
    throw StartError(ExitCode::config,
                     "console: [control] socket: the path \"" + path + "\" must have 1 to " +
                         std::to_string(sizeof(sockaddr_un::sun_path) - 1) + " bytes; shorten it");
  }
  make_folder(path);
  remove_stale(path);
  error_code error;
  acceptor_.open({}, error);
  if (error) throw socket_error(path, error.value());
  close_on_exec(acceptor_.native_handle());
  // The name takes its mode from the socket, so it is never there with a wider one.
  if (::fchmod(acceptor_.native_handle(), 0600) != 0) throw socket_error(path, errno);
  acceptor_.bind(boost::asio::local::stream_protocol::endpoint(path), error);
  if (error) throw socket_error(path, error.value());
  struct stat ours {};
  if (::lstat(path.c_str(), &ours) != 0) throw socket_error(path, errno);
  device_ = ours.st_dev;
  inode_ = ours.st_ino;
  acceptor_.listen(kBacklog, error);
  if (error) throw socket_error(path, error.value());
}

UnixListener::~UnixListener() {
  struct stat found {};
  if (::lstat(path_.c_str(), &found) != 0) return;
  if (found.st_dev == device_ && found.st_ino == inode_) ::unlink(path_.c_str());
}

}  // namespace carp::control
