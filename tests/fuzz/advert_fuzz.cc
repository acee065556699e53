// SPDX-License-Identifier: BSD-3-Clause
//
// What a segment may say to an appliance: a sequence of frames with time between them, through
// process() and the engine. Each is five bytes (how it is made, when it comes, how long it is) and
// the frame. How: what of it is made right, so that damage gets past checksum and digest, and
// whether an earlier frame, or one of our own, comes again instead.
//
// What must hold: parsing and building agree; each advertisement that is refused is counted once,
// under the reason that a second look finds, and changes no state; what was signed once is accepted
// once; deadlines stay armed.
#include <set>

#include "lib/control/statistics.h"
#include "lib/dataplane/process.h"
#include "lib/proto/key.h"
#include "tests/control/engine_rig.h"
#include "tests/fuzz/checksums.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/property.h"

namespace carp::control {
namespace {

using fuzz::must;
using proto::Advert;
using proto::TimePoint;

constexpr int kFramesMax = 40;
constexpr int kStepsMax = 100;  // of the engine, between two frames
constexpr uint64_t kClockTag = proto::kCounterTag << 48;
constexpr uint64_t kTenYearsMs = 315'576'000'000;

struct How {
  bool ip_is_mended = false;
  bool sum_is_mended = false;
  bool is_signed = false;
  bool has_clock = false;  // the counter gets the time, as every host of ours writes it
  bool is_again = false;   // an earlier frame
  bool is_ours = false;    // what we sent last
};

[[nodiscard]] How read_how(uint8_t flags) {
  return {(flags & 1) != 0, (flags & 2) != 0,  (flags & 4) != 0,
          (flags & 8) != 0, (flags & 16) != 0, (flags & 32) != 0};
}

[[nodiscard]] Config config() {
  Config config = two_lan_config({vhost("carp0", 1, "192.168.1.50/24"),
                                  vhost("carp1", 2, "192.168.1.50/24", {1, 100}),
                                  vhost("carp2", 1, "10.0.0.50/24", {0, 20}, "lan1")});
  config.sysctl.preempt = true;
  return config;
}

// Parsing, what is claimed, and building again.
void check_wire(const net::Frame& frame) {
  const auto parsed = proto::parse_advert(frame);
  const auto vhid = proto::claimed_vhid(frame);
  const net::Ipv4Address source = proto::source_of(frame);
  if (!parsed) return;
  const Advert& advert = parsed.value();
  must(vhid == advert.vhid, "what is parsed has the claimed vhid");
  must(proto::claimed_pace(frame) == advert.pace, "what is parsed has the claimed pace");
  must(source == advert.source, "what is parsed has the claimed source");
  must(advert.authlen == 7, "no other authlen is parsed (D15)");

  const auto again = proto::parse_advert(proto::build_advert(advert, {.source = source}));
  must(again.ok(), "what is built is parsed");
  const Advert& other = again.value();
  must(other.source == advert.source && other.version == advert.version &&
           other.type == advert.type && other.vhid == advert.vhid &&
           other.demotion == advert.demotion && other.pace == advert.pace &&
           other.counter == advert.counter && other.digest == advert.digest,
       "what is built has all that was parsed");
}

[[nodiscard]] uint64_t refusals(const Statistics& s) {
  return s.badif + s.badttl + s.badlen + s.badsum + s.badver + s.badvhid + s.badauth + s.replay +
         s.loop + s.hdrops + s.badaddrs;
}

class Segment {
 public:
  Segment() : rig_(config()) { rig_.start(); }

  void run(fuzz::Input input) {
    for (int i = 0; i < kFramesMax && !input.is_empty(); ++i) {
      const uint8_t flags = input.take_byte();
      const proto::Duration wait = std::chrono::milliseconds(input.take_number(2));
      const auto port = static_cast<dataplane::PortId>(input.take_byte() & 1);
      const net::ConstBytes bytes = input.take(input.take_byte());
      advance(wait);
      transmit(port, made(read_how(flags), port, {bytes.begin(), bytes.end()}));
    }
  }

 private:
  // Passes at every deadline; where there are too many, control is late for the last.
  void advance(proto::Duration wait) {
    const TimePoint end = rig_.now() + wait;
    for (int step = 0; step < kStepsMax && rig_.engine().next_deadline() < end; ++step) {
      rig_.set_time(std::max(rig_.now(), rig_.engine().next_deadline()));
      rig_.pass();
    }
    rig_.set_time(end);
    rig_.pass();
    must(rig_.engine().next_deadline() != proto::kNever, "a deadline is armed");
  }

  [[nodiscard]] net::Frame made(How how, dataplane::PortId port, net::Frame frame) {
    if (how.is_ours && !rig_.sent().empty()) return rig_.sent().back().bytes;
    if (how.is_again && !heard_.empty() && !frame.empty()) {
      return heard_[frame[0] % heard_.size()];
    }
    if (how.is_signed) sign(how, port, frame);
    if (how.sum_is_mended) fuzz::mend_message_checksum(frame);
    if (how.ip_is_mended) fuzz::mend_ipv4_checksum(frame);
    return frame;
  }

  [[nodiscard]] const VhostEntry* vhost_of(dataplane::PortId port, uint8_t vhid) {
    for (const auto& entry : rig_.engine().vhosts()) {
      if (entry->interface == port && entry->config.vhid == vhid) return entry.get();
    }
    return nullptr;
  }

  // With the key of the virtual host that the frame names, as a peer would.
  void sign(How how, dataplane::PortId port, net::Frame& frame) {
    const fuzz::Ipv4Place place = fuzz::find_ipv4(frame);
    auto* carp = net::view_at<proto::CarpHeader>(net::Bytes(frame), place.payload);
    if (place.header == 0 || carp == nullptr) return;
    const VhostEntry* entry = vhost_of(port, carp->vhid);
    if (entry == nullptr) return;
    // The low byte is left to the input: several may come in one millisecond, in any order.
    const uint64_t ms = rig_.engine().unix_us(rig_.now()) / 1000;
    if (how.has_clock) {
      carp->counter = kClockTag | (ms & ~uint64_t{0xff}) | (carp->counter.get() & 0xff);
    }
    carp->digest = entry->sets.sign(carp->counter.get());
  }

  void transmit(dataplane::PortId port, net::Frame frame) {
    check_wire(frame);
    if (frame.size() <= 255) heard_.push_back(frame);
    const auto* table = rig_.table();
    must(table != nullptr, "workers have a table");
    net::Frame seen = frame;
    const auto reason = dataplane::process(seen, port, *table, 0);
    if (dataplane::is_advert(reason)) hear(port, frame);
  }

  // The counter of the one reason for which the engine must refuse, but for those that need its
  // memory: null where only they are left.
  [[nodiscard]] uint64_t Statistics::*expected(dataplane::PortId port, const net::Frame& frame) {
    const auto parsed = proto::parse_advert(frame);
    if (!parsed) {
      if (parsed.error() == proto::Refusal::bad_ttl) return &Statistics::badttl;
      if (parsed.error() == proto::Refusal::bad_sum) return &Statistics::badsum;
      return &Statistics::badlen;
    }
    const Advert& advert = parsed.value();
    const VhostEntry* entry = vhost_of(port, advert.vhid);
    if (entry == nullptr) return &Statistics::badvhid;
    if (advert.version != 2 || advert.type != 1) return &Statistics::badver;
    const bool is_signed =
        entry->sets.verify(advert.counter, advert.digest) != control::SharedSets::Match::none;
    return is_signed ? nullptr : &Statistics::badauth;
  }

  void hear(dataplane::PortId port, const net::Frame& frame) {
    const Statistics before = rig_.engine().statistics();
    const std::vector<proto::State> states = all_states();
    const auto counter = expected(port, frame);
    const bool was_tagged = counter == nullptr && is_tagged(parsed(frame));
    rig_.hear(frame, port);
    const Statistics& after = rig_.engine().statistics();
    const uint64_t refused = refusals(after) - refusals(before);
    must(after.ipackets == before.ipackets + 1, "what is heard is counted once");
    must(refused <= 1, "what is refused is counted once");
    if (counter != nullptr) {
      must(after.*counter == before.*counter + 1, "it is refused for the reason that it has");
    } else {
      must(refused == after.replay - before.replay + after.loop - before.loop,
           "what is right is refused by the memory alone");
    }
    if (refused == 1) must(all_states() == states, "what is refused changes no state");
    if (refused == 0) check_first_time(port, parsed(frame), was_tagged);
    rig_.pass();
  }

  // Requires: the frame can be parsed.
  [[nodiscard]] static Advert parsed(const net::Frame& frame) {
    return proto::parse_advert(frame).value();
  }

  // D11 rule 2, for a clock that is right.
  [[nodiscard]] bool is_tagged(const Advert& advert) {
    const uint64_t now = kClockTag | rig_.engine().unix_us(rig_.now()) / 1000;
    return advert.counter >> 48 == proto::kCounterTag && advert.counter <= now + kTenYearsMs;
  }

  // An untagged counter may come again, by rule 4.
  void check_first_time(dataplane::PortId port, const Advert& advert, bool was_tagged) {
    const auto pair = std::tuple(port, advert.vhid, advert.counter);
    must(!accepted_.contains(pair), "a counter with a clock is accepted once");
    if (was_tagged) accepted_.insert(pair);
  }

  [[nodiscard]] std::vector<proto::State> all_states() {
    std::vector<proto::State> states;
    for (const auto& entry : rig_.engine().vhosts()) states.push_back(entry->vhost.state);
    return states;
  }

  EngineRig rig_;
  std::vector<net::Frame> heard_;
  std::set<std::tuple<dataplane::PortId, uint8_t, uint64_t>> accepted_;
};

}  // namespace
}  // namespace carp::control

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  carp::control::Segment().run({data, size});
  return 0;
}
