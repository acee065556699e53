// SPDX-License-Identifier: BSD-3-Clause
#include <map>

#include "lib/net/ethernet.h"
#include "lib/net/igmp.h"
#include "lib/net/ipv4.h"
#include "tests/sim/appliance.h"
#include "tests/sim/invariants.h"
#include "tests/sim/querier.h"

namespace carp::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// RFC 3376, section 8, and RFC 2236, section 8, once more.
constexpr Duration kRepeatWithin = seconds(1);
constexpr Duration kRepeatWithinOlder = seconds(10);
constexpr Duration kOlderQuerier = seconds(250);  // so long he counts after his last query
constexpr Duration kDrift = seconds(15);          // of a clock in that time, and his response time
// Who asks without end is answered ten times a second.
constexpr Duration kBetweenAnswers = milliseconds(100);
constexpr Duration kLate = milliseconds(40);

class MembershipTold final : public Invariant {
 public:
  explicit MembershipTold(World& world) : world_(world) {}

  void on_boot(const Appliance& host) override {
    for (auto& [key, member] : members_)
      if (key.first == host.id()) member = {};
  }

  // Advertisements, ARP and IGMP are all that control says.
  void on_written(const Appliance& host, size_t lan, net::ConstBytes frame, bool) override {
    const auto* ip = net::view_at<net::Ipv4Header>(net::datagram_of(frame), 0);
    if (ip == nullptr) {
      if (!is_arp(frame)) world_.broken(name(host, lan) + ": control sends neither IPv4 nor ARP");
    } else if (ip->protocol == net::kProtocolIgmp) {
      hear_report(host, lan, frame, *ip);
    } else if (ip->protocol != net::kProtocolCarp) {
      world_.broken(name(host, lan) + ": control sends protocol " + std::to_string(ip->protocol));
    }
  }

  // Workers also echo.
  void on_frame(const Appliance& host, size_t lan, net::ConstBytes frame) override {
    const net::ConstBytes datagram = net::datagram_of(frame);
    const auto* ip = net::view_at<net::Ipv4Header>(datagram, 0);
    if (ip == nullptr || ip->protocol != net::kProtocolIcmp) return;
    const auto message = net::payload_of(datagram);
    if (!message || message->empty() || message->front() != net::kIcmpEchoReply)
      world_.broken(name(host, lan) + " sends ICMP that is no echo reply");
  }

  void on_query(const Appliance& host, size_t lan, bool is_general) override {
    Member& member = member_of(host, lan);
    const TimePoint now = host.clock(world_.now());
    member.query_heard_at = world_.now();
    if (!host.engine().interfaces()[lan].link_up || member.has_left) return;
    // What he is answered makes up for what another version ends (RFC 3376, section 7.2.1).
    member.owes_repeat = false;
    if (is_general && version_now(lan, member, now) != querier_on(lan)->plan().version) {
      member.said_in_pass = true;
      member.asked_at.reset();
    }
    if (is_general) member.general_at = now;
    if (!member.asked_at) member.asked_at = world_.now();
  }

  void on_step(const Appliance& host) override {
    for (size_t lan = 0; lan < world_.scenario().lans; ++lan) {
      Member& member = member_of(host, lan);
      const bool up = host.engine().interfaces()[lan].link_up;
      if (up && !std::exchange(member.link_up, up) && !member.said_in_pass && !host.is_stopping())
        world_.broken(name(host, lan) + " has a link and does not say that it is a member");
      if (!up) member.lose_link();
      member.said_in_pass = false;
      judge_waiting(host, lan, member);
    }
  }

  void on_power_off(const Appliance& host) override {
    for (size_t lan = 0; lan < world_.scenario().lans; ++lan) {
      const Member& member = member_of(host, lan);
      const int version = version_now(lan, member, host.clock(world_.now()));
      if (member.is_told && !member.has_left && version > 1)
        world_.broken(name(host, lan) + " ends without leaving the group");
    }
  }

  void on_settled() override { settled_at_ = world_.now(); }

  // A query reaches control of everybody who is there.
  void on_end() override {
    for (const auto& host : world_.hosts())
      for (size_t lan = 0; host->is_on() && lan < world_.scenario().lans; ++lan) {
        const Querier* querier = querier_on(lan);
        const bool asked = querier != nullptr && querier->asked_at() > settled_at_ &&
                           querier->asked_at() < world_.now() - kLate;
        if (asked && host->has_link(lan) &&
            member_of(*host, lan).query_heard_at < querier->asked_at())
          world_.broken(name(*host, lan) + " has not heard a query");
      }
  }

 private:
  struct Member {
    bool link_up = false;  // as control believes
    bool is_told = false;
    bool has_left = false;
    bool said_in_pass = false;  // or will say soon
    bool owes_repeat = false;   // that it joined
    TimePoint joined_at;
    std::optional<TimePoint> asked_at;     // by a query that is not answered yet
    TimePoint query_heard_at;              // the last one, owed anything or not
    std::optional<TimePoint> general_at;   // by its own clock: a general query
    std::optional<TimePoint> answered_at;  // by its own clock

    void lose_link() {
      link_up = is_told = owes_repeat = false;
      asked_at.reset();
    }
  };

  [[nodiscard]] static bool is_arp(net::ConstBytes frame) {
    const auto* ethernet = net::view_at<net::EthernetHeader>(frame, 0);
    return ethernet != nullptr && ethernet->ether_type.get() == net::kEtherTypeArp;
  }
  [[nodiscard]] static std::string name(const Appliance& host, size_t lan) {
    return "host " + std::to_string(host.id()) + ", lan" + std::to_string(lan);
  }
  [[nodiscard]] Member& member_of(const Appliance& host, size_t lan) {
    return members_[{host.id(), lan}];
  }
  [[nodiscard]] const Querier* querier_on(size_t lan) const {
    for (const auto& querier : world_.queriers())
      if (querier->plan().lan == lan) return querier.get();
    return nullptr;
  }

  // What it has to speak; 0: either of two, for an older querier is just being forgotten.
  [[nodiscard]] int version_now(size_t lan, const Member& member, TimePoint now) const {
    if (!member.general_at || now > *member.general_at + kOlderQuerier + kDrift) return 3;
    const int version = querier_on(lan)->plan().version;
    return version == 3 || now < *member.general_at + kOlderQuerier ? version : 0;
  }

  void hear_report(const Appliance& host, size_t lan, net::ConstBytes frame,
                   const net::Ipv4Header& ip) {
    Member& member = member_of(host, lan);
    const TimePoint now = host.clock(world_.now());
    const net::ConstBytes message = net::payload_of(net::datagram_of(frame)).value();
    const uint8_t type = message.front();
    const int version = type == net::kIgmpReportV3 ? 3 : type == net::kIgmpReportV1 ? 1 : 2;
    const int wanted = version_now(lan, member, now);
    if (wanted != 0 && version != wanted)
      world_.broken(name(host, lan) + " speaks IGMP version " + std::to_string(version) +
                    " where version " + std::to_string(wanted) + " is spoken");
    const auto* ethernet = net::view_at<net::EthernetHeader>(frame, 0);
    if (net::vhid_of(ethernet->source) || ip.ttl != 1)
      world_.broken(name(host, lan) + " sends a report that switches or routers would follow");
    if (member.has_left) world_.broken(name(host, lan) + " has left the group and goes on");
    const uint8_t record = version == 3 ? message[offsetof(net::IgmpReport, record_type)] : 0;
    if (type == net::kIgmpLeaveV2 || record == net::kIgmpToInclude) {
      member.has_left = true;
      return;
    }
    note_report(host, lan, member, record);
  }

  void note_report(const Appliance& host, size_t lan, Member& member, uint8_t record) {
    const TimePoint now = host.clock(world_.now());
    const bool is_first = !std::exchange(member.is_told, true);
    member.owes_repeat = is_first && !member.asked_at;
    if (is_first) member.joined_at = world_.now();
    member.said_in_pass = true;
    member.asked_at.reset();
    if (record != net::kIgmpIsExclude) return;
    if (member.answered_at && now < *member.answered_at + kBetweenAnswers)
      world_.broken(name(host, lan) + " answers more than ten times a second");
    member.answered_at = now;
  }

  // By its own clock, for as long as it ran and had a link.
  void judge_waiting(const Appliance& host, size_t lan, const Member& member) {
    const TimePoint able = host.able_since(lan);
    if (able == proto::kNever || member.has_left || host.is_stopping()) return;
    const auto waited = [&](TimePoint since) {
      return host.clock(world_.now()) - host.clock(std::max(able, since));
    };
    const bool older = version_now(lan, member, host.clock(world_.now())) != 3;
    const Duration repeat_within = older ? kRepeatWithinOlder : kRepeatWithin;
    if (member.owes_repeat && waited(member.joined_at) > repeat_within + kLate)
      world_.broken(name(host, lan) + " says only once that it is a member");
    if (!member.asked_at) return;
    const Duration answer_within = querier_on(lan)->answers_within() + kBetweenAnswers + kLate;
    if (waited(*member.asked_at) > answer_within)
      world_.broken(name(host, lan) + " does not answer a query for " +
                    seconds_text(waited(*member.asked_at)));
  }

  World& world_;
  TimePoint settled_at_ = proto::kNever;
  std::map<std::pair<StationId, size_t>, Member> members_;
};

}  // namespace

std::unique_ptr<Invariant> membership_told(World& world) {
  return std::make_unique<MembershipTold>(world);
}

}  // namespace carp::sim
