// SPDX-License-Identifier: BSD-3-Clause
#include "lib/control/peer_uid.h"

#include <arpa/inet.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstring>

namespace carp::control {
namespace {

struct Request {
  nlmsghdr header;
  inet_diag_req_v2 body;
};

[[nodiscard]] Request make_request(const Endpoint& local, const Endpoint& remote,
                                   uint32_t sequence) {
  Request request{};
  request.header.nlmsg_len = sizeof request;
  request.header.nlmsg_type = SOCK_DIAG_BY_FAMILY;
  request.header.nlmsg_flags = NLM_F_REQUEST;
  request.header.nlmsg_seq = sequence;
  request.body.sdiag_family = AF_INET;
  request.body.sdiag_protocol = IPPROTO_TCP;
  request.body.idiag_states = ~uint32_t{0};
  inet_diag_sockid& id = request.body.id;
  id.idiag_sport = htons(local.port);
  id.idiag_dport = htons(remote.port);
  id.idiag_src[0] = htonl(local.address.value);
  id.idiag_dst[0] = htonl(remote.address.value);
  id.idiag_cookie[0] = INET_DIAG_NOCOOKIE;
  id.idiag_cookie[1] = INET_DIAG_NOCOOKIE;
  return request;
}

}  // namespace

struct PeerUid::Found {
  Endpoint local;
  Endpoint remote;
  uid_t uid;
  uint32_t inode;  // 0: no process has this socket open any more
};

PeerUid::PeerUid(const Endpoint& listener)
    : netlink_(::socket(AF_NETLINK, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, NETLINK_SOCK_DIAG)) {
  if (netlink_ >= 0 && !look_up(listener, Endpoint{})) {
    ::close(netlink_);
    netlink_ = -1;
  }
}

PeerUid::~PeerUid() {
  if (netlink_ >= 0) ::close(netlink_);
}

std::optional<uid_t> PeerUid::find(const Endpoint& peer, const Endpoint& own) {
  const auto found = look_up(peer, own);
  if (!found) return std::nullopt;
  // Where there is no such connection the kernel falls back to a listener on the peer's port, which
  // may be root's. And a closed socket that still has something to deliver is reported with uid 0,
  // so whoever sends a command and closes at once would pass for root: only an inode has an owner.
  if (found->local != peer || found->remote != own || found->inode == 0) return std::nullopt;
  return found->uid;
}

std::optional<PeerUid::Found> PeerUid::look_up(const Endpoint& local, const Endpoint& remote) {
  if (netlink_ < 0) return std::nullopt;
  const Request request = make_request(local, remote, ++sequence_);
  if (::send(netlink_, &request, sizeof request, MSG_DONTWAIT) != sizeof request) {
    return std::nullopt;
  }
  // The kernel has answered by now. An answer that an earlier look-up failed to take is passed
  // over.
  alignas(nlmsghdr) std::array<char, 2048> answer{};
  nlmsghdr header{};
  inet_diag_msg socket{};
  do {
    const ssize_t size = ::recv(netlink_, answer.data(), answer.size(), MSG_DONTWAIT);
    if (size < static_cast<ssize_t>(sizeof header)) return std::nullopt;
    std::memcpy(&header, answer.data(), sizeof header);
  } while (header.nlmsg_seq != sequence_);
  if (header.nlmsg_type != SOCK_DIAG_BY_FAMILY || header.nlmsg_len < NLMSG_LENGTH(sizeof socket)) {
    return std::nullopt;
  }
  std::memcpy(&socket, answer.data() + NLMSG_HDRLEN, sizeof socket);
  const auto endpoint = [](uint32_t address, uint16_t port) {
    return Endpoint{net::Ipv4Address{ntohl(address)}, ntohs(port)};
  };
  return Found{.local = endpoint(socket.id.idiag_src[0], socket.id.idiag_sport),
               .remote = endpoint(socket.id.idiag_dst[0], socket.id.idiag_dport),
               .uid = socket.idiag_uid,
               .inode = socket.idiag_inode};
}

}  // namespace carp::control
