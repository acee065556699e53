// SPDX-License-Identifier: BSD-3-Clause
#include "lib/control/netlink.h"

#include <linux/if.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <system_error>

namespace carp::control {
namespace {

// As libmnl recommends: the kernel fills no larger one.
constexpr size_t kBufferSize = 32768;
constexpr size_t kRequestSize = 512;

using Request = std::array<char, kRequestSize>;

[[nodiscard]] nlmsghdr* begin_request(Request& buffer, uint16_t type, unsigned flags) {
  nlmsghdr* const header = mnl_nlmsg_put_header(buffer.data());
  header->nlmsg_type = type;
  header->nlmsg_flags = static_cast<uint16_t>(NLM_F_REQUEST | flags);
  return header;
}

[[nodiscard]] ifinfomsg* put_link(nlmsghdr* header, unsigned index) {
  auto* const link = static_cast<ifinfomsg*>(mnl_nlmsg_put_extra_header(header, sizeof(ifinfomsg)));
  link->ifi_family = AF_UNSPEC;
  link->ifi_index = static_cast<int>(index);
  return link;
}

void put_address(nlmsghdr* header, unsigned index, const net::Ipv4Prefix& prefix) {
  auto* const entry =
      static_cast<ifaddrmsg*>(mnl_nlmsg_put_extra_header(header, sizeof(ifaddrmsg)));
  entry->ifa_family = AF_INET;
  entry->ifa_prefixlen = prefix.length;
  entry->ifa_scope = RT_SCOPE_UNIVERSE;
  entry->ifa_index = index;
  const uint32_t wire = prefix.address.wire().raw();
  mnl_attr_put(header, IFA_LOCAL, sizeof wire, &wire);
  mnl_attr_put(header, IFA_ADDRESS, sizeof wire, &wire);
  if (prefix.length > 30) return;
  const uint32_t broadcast =
      net::Ipv4Address{prefix.address.value | ~prefix.netmask()}.wire().raw();
  mnl_attr_put(header, IFA_BROADCAST, sizeof broadcast, &broadcast);
}

struct LinkAnswer {
  KernelLink link;
  bool is_tap = false;
};

int on_link_info(const nlattr* attribute, void* context) {
  if (mnl_attr_get_type(attribute) == IFLA_INFO_KIND)
    static_cast<LinkAnswer*>(context)->is_tap =
        std::string_view(mnl_attr_get_str(attribute)) == "tun";
  return MNL_CB_OK;
}

int on_link_attribute(const nlattr* attribute, void* context) {
  auto& answer = *static_cast<LinkAnswer*>(context);
  const uint16_t length = mnl_attr_get_payload_len(attribute);
  switch (mnl_attr_get_type(attribute)) {
    case IFLA_ADDRESS:
      if (length == sizeof(net::MacAddress))
        std::memcpy(answer.link.mac.bytes.data(), mnl_attr_get_payload(attribute), length);
      break;
    case IFLA_MTU: answer.link.mtu = mnl_attr_get_u32(attribute); break;
    case IFLA_CARRIER: answer.link.carrier = mnl_attr_get_u8(attribute) != 0; break;
    case IFLA_LINKINFO: return mnl_attr_parse_nested(attribute, on_link_info, context);
    default: break;
  }
  return MNL_CB_OK;
}

int on_link(const nlmsghdr* header, void* context) {
  const auto* const info = static_cast<const ifinfomsg*>(mnl_nlmsg_get_payload(header));
  auto& answer = *static_cast<LinkAnswer*>(context);
  answer.link.index = static_cast<unsigned>(info->ifi_index);
  answer.link.up = (info->ifi_flags & IFF_UP) != 0;
  return mnl_attr_parse(header, sizeof *info, on_link_attribute, context);
}

int on_local_address(const nlattr* attribute, void* context) {
  if (mnl_attr_get_type(attribute) == IFA_LOCAL &&
      mnl_attr_get_payload_len(attribute) == sizeof(uint32_t)) {
    net::Be32 wire;
    std::memcpy(&wire, mnl_attr_get_payload(attribute), sizeof wire);
    static_cast<net::Ipv4Prefix*>(context)->address.value = wire.get();
  }
  return MNL_CB_OK;
}

int on_address(const nlmsghdr* header, void* context) {
  const auto* const entry = static_cast<const ifaddrmsg*>(mnl_nlmsg_get_payload(header));
  auto& link = *static_cast<KernelLink*>(context);
  if (entry->ifa_index != link.index || entry->ifa_family != AF_INET) return MNL_CB_OK;
  net::Ipv4Prefix prefix{.address = {}, .length = entry->ifa_prefixlen};
  const int result = mnl_attr_parse(header, sizeof *entry, on_local_address, &prefix);
  link.addresses.push_back(prefix);
  return result;
}

}  // namespace

Netlink::Netlink()
    : requests_(open(0, SOCK_CLOEXEC)),
      changes_(open(RTMGRP_LINK | RTMGRP_IPV4_IFADDR, SOCK_CLOEXEC | SOCK_NONBLOCK)) {}

Netlink::Socket Netlink::open(unsigned groups, int flags) {
  Socket socket(mnl_socket_open2(NETLINK_ROUTE, flags));
  if (!socket || mnl_socket_bind(socket.get(), groups, MNL_SOCKET_AUTOPID) < 0)
    throw std::system_error(errno, std::generic_category(), "rtnetlink");
  return socket;
}

std::optional<KernelLink> Netlink::look(const std::string& name) {
  Request buffer;
  nlmsghdr* header = begin_request(buffer, RTM_GETLINK, NLM_F_ACK);
  (void)put_link(header, 0);
  mnl_attr_put_strz(header, IFLA_IFNAME, name.c_str());
  LinkAnswer answer;
  if (ask(header, on_link, &answer) != 0 || !answer.is_tap) return std::nullopt;

  header = begin_request(buffer, RTM_GETADDR, NLM_F_DUMP);
  auto* const entry =
      static_cast<ifaddrmsg*>(mnl_nlmsg_put_extra_header(header, sizeof(ifaddrmsg)));
  entry->ifa_family = AF_INET;
  if (ask(header, on_address, &answer.link) != 0) return std::nullopt;
  return answer.link;
}

int Netlink::take(const HostStep& step, const HostWish& wish, unsigned index) {
  Request buffer;
  if (step.kind == HostStepKind::add_address || step.kind == HostStepKind::remove_address) {
    const bool add = step.kind == HostStepKind::add_address;
    nlmsghdr* const header = begin_request(buffer, add ? RTM_NEWADDR : RTM_DELADDR,
                                           NLM_F_ACK | (add ? NLM_F_CREATE | NLM_F_REPLACE : 0));
    put_address(header, index, step.address);
    return ask(header, nullptr, nullptr);
  }
  nlmsghdr* const header = begin_request(buffer, RTM_NEWLINK, NLM_F_ACK);
  ifinfomsg* const link = put_link(header, index);
  switch (step.kind) {
    case HostStepKind::set_mac:
      mnl_attr_put(header, IFLA_ADDRESS, wish.mac.bytes.size(), wish.mac.bytes.data());
      break;
    case HostStepKind::set_mtu: mnl_attr_put_u32(header, IFLA_MTU, wish.mtu); break;
    case HostStepKind::set_carrier: mnl_attr_put_u8(header, IFLA_CARRIER, wish.carrier); break;
    default: link->ifi_flags = IFF_UP; link->ifi_change = IFF_UP;
  }
  return ask(header, nullptr, nullptr);
}

int Netlink::ask(nlmsghdr* request, mnl_cb_t on_answer, void* context) {
  request->nlmsg_seq = ++sequence_;
  const unsigned port = mnl_socket_get_portid(requests_.get());
  if (mnl_socket_sendto(requests_.get(), request, request->nlmsg_len) < 0) return errno;
  for (int more = MNL_CB_OK; more > MNL_CB_STOP;) {
    alignas(nlmsghdr) std::array<char, kBufferSize> buffer;
    const ssize_t length = mnl_socket_recvfrom(requests_.get(), buffer.data(), buffer.size());
    if (length < 0) return errno;
    more =
        mnl_cb_run(buffer.data(), static_cast<size_t>(length), sequence_, port, on_answer, context);
    if (more < 0) return errno;
  }
  return 0;
}

int Netlink::descriptor() const { return mnl_socket_get_fd(changes_.get()); }

// What changed is found by looking; a full socket has lost nothing but its own words.
void Netlink::drain() {
  alignas(nlmsghdr) std::array<char, kBufferSize> buffer;
  while (mnl_socket_recvfrom(changes_.get(), buffer.data(), buffer.size()) >= 0 ||
         errno == ENOBUFS) {
  }
}

}  // namespace carp::control
