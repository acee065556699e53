// SPDX-License-Identifier: BSD-3-Clause
//
// Each interface is a member of the CARP group, and says so (I6.5): no kernel does it for a port of
// DPDK, and a switch that snoops would keep the peers' advertisements from us.
#include "lib/control/engine.h"

namespace carp::control {

using proto::TimePoint;

void Engine::on_query_frame(dataplane::PortId port, net::ConstBytes frame, TimePoint now) {
  InterfaceEntry* interface = interface_of(port, frame);
  const auto query = proto::parse_query(frame);
  if (interface == nullptr || !query) return;
  ++igmp_statistics_.queries;
  proto::on_query(interface->membership, query.value(), now, delays_);
}

// Also where the link is held: the switch may learn while we wait (I2.2).
void Engine::follow_link(InterfaceEntry& interface, TimePoint now) {
  if (!interface.link_up || stopping_) return proto::lose_link(interface.membership);
  proto::join(interface.membership, now);
}

void Engine::tell_memberships(TimePoint now, Outbox& out) {
  for (InterfaceEntry& interface : interfaces_) {
    if (now < proto::next_deadline(interface.membership)) continue;
    if (const auto word = proto::due_word(interface.membership, now, delays_))
      report(interface, *word, now, out);
  }
}

void Engine::leave_groups(TimePoint now, Outbox& out) {
  for (InterfaceEntry& interface : interfaces_)
    if (const auto word = proto::leave(interface.membership, now))
      report(interface, *word, now, out);
}

// Without an own address from 0.0.0.0, which switches must accept (RFC 3376, section 4.2.13).
void Engine::report(const InterfaceEntry& interface, proto::Word word, TimePoint now, Outbox& out) {
  const auto& own = interface.config.addresses;
  const proto::ReportRoute route{.ethernet_source = interface.facts.mac,
                                 .vlan = interface.config.vlan,
                                 .source = own.empty() ? net::Ipv4Address{} : own.front().address};
  ++(word == proto::Word::left ? igmp_statistics_.leaves : igmp_statistics_.reports);
  const proto::IgmpVersion version = proto::version_of(interface.membership, now);
  out.frames.push_back({interface.facts.port, proto::build_report(word, version, route)});
}

}  // namespace carp::control
