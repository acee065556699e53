// SPDX-License-Identifier: BSD-3-Clause
#include "lib/dpdk/worker.h"

#include <rte_branch_prediction.h>
#include <rte_ethdev.h>
#include <rte_prefetch.h>

#include <algorithm>
#include <bit>
#include <cassert>
#include <iterator>
#include <utility>

#include "lib/dataplane/process.h"
#include "lib/dpdk/mbuf.h"
#include "lib/dpdk/tally.h"
#include "lib/dpdk/tsc_clock.h"

namespace carp::dpdk {

using dataplane::Reason;
using dataplane::Ticks;
using dataplane::Verdict;

namespace {

// What becomes of a received frame.
[[nodiscard]] inline Reason decide(rte_mbuf* mbuf, dataplane::PortId port,
                                   const dataplane::ForwardTable& table, Ticks now) noexcept {
  // A frame without room for its own tag does not fit its buffer either.
  if (unlikely(!restore_tag(mbuf))) return Reason::segmented;
  if (unlikely(mbuf->nb_segs != 1))
    return dataplane::process_segmented(frame_of(*mbuf), port, table, now);
  return dataplane::process(frame_of(*mbuf), port, table, now);
}

}  // namespace

// One burst on its way through; lives on the stack of a poll. The arrays are filled from the
// front and never cleared. Answers take the places of frames that have been looked at.
struct Worker::Burst {
  std::array<rte_mbuf*, kMaxBurst> frames;  // as received; answers from the front
  std::array<rte_mbuf*, kMaxBurst> dropped;
  uint64_t echoes = 0;  // a bit for each answer that is not one to ARP
  unsigned answer_count = 0;
  unsigned drop_count = 0;
};
static_assert(kMaxBurst <= 64);

Worker::Worker(const WorkerConfig& config, std::span<const OwnedQueue> queues, Mailbox& mailbox,
               const SpreadEnds& spread, const HostEnds& host)
    : mailbox_(mailbox),
      queues_(queues.begin(), queues.end()),
      reliefs_(queues.size(), Relief{.backlog = Backlog(config.give_cycles)}),
      takes_(spread.takes),
      host_(host),
      host_arp_limit_(kHostArpASecond, kHostStormAtOnce, ticks_per_second()),
      host_group_limit_(kHostGroupASecond, kHostStormAtOnce, ticks_per_second()),
      config_(config),
      arp_limit_(config.arp_limit),
      echo_limit_(config.echo_limit) {
  assert(config.burst >= 1 && config.burst <= kMaxBurst);
  for (size_t i = 0; i < queues_.size(); ++i)
    std::copy_if(spread.gives.begin(), spread.gives.end(), std::back_inserter(reliefs_[i].takers),
                 [&](const HandoverRing* ring) { return ring->way().port == queues_[i].port; });
}

Worker::~Worker() {
  for (size_t i = 0; i < held_count_; ++i) rte_pktmbuf_free(held_[i].mbuf);
}

void Worker::run() noexcept {
  Idler idler(config_.idle);
  while (running_.load(std::memory_order_relaxed)) {
    const bool had_work = poll_once();
    idler.after_poll(had_work, proto::Duration(longest_sleep_us_.load(std::memory_order_relaxed)));
  }
}

bool Worker::poll_once() noexcept {
  const Ticks before = clock_;
  bool had_work = adopt_newest_table();
  had_work |= send_priority();
  bool is_behind = false;
  for (size_t i = 0; i < queues_.size(); ++i) {
    had_work |= receive(queues_[i], reliefs_[i]);
    is_behind |= reliefs_[i].backlog.is_behind();
  }
  if (unlikely(is_behind == is_open_)) open_to_givers(!is_behind);
  for (HandoverRing* ring : takes_) had_work |= take(*ring);
  for (HostOutbox* outbox : host_.outboxes) had_work |= send_for_host(*outbox);
  if (clock_ == before) clock_ = ticks_now();
  account(before, had_work);
  return had_work;
}

// Books the time since the last poll for what that one found to do: most of it is its.
void Worker::account(Ticks before, bool had_work) noexcept {
  if (before != 0) {
    status_.total_cycles.add(clock_ - before);
    if (last_poll_had_work_) status_.busy_cycles.add(clock_ - before);
  }
  last_poll_had_work_ = had_work;
  status_.polls.add(1);
}

bool Worker::adopt_newest_table() noexcept {
  const dataplane::ForwardTable* const before = table_;
  const dataplane::ForwardTable* next = nullptr;
  // Where control has not taken back the old ones, the new ones wait.
  while (mailbox_.retired.free_count() > 0 && mailbox_.tables.pop(next)) {
    if (table_ != nullptr) {
      [[maybe_unused]] const bool retired = mailbox_.retired.push(table_);
      assert(retired);
    }
    table_ = next;
  }
  if (table_ == before) return false;
  status_.applied_at.store(ticks_now(), std::memory_order_relaxed);
  // No answer waits between two polls: all that older tables decided is with the ports by now.
  status_.applied_generation.store(table_->generation(), std::memory_order_release);
  return true;
}

bool Worker::send_priority() noexcept {
  while (held_count_ < kMaxHeld && mailbox_.priority.pop(held_[held_count_])) ++held_count_;
  if (likely(held_count_ == 0)) return false;
  const Ticks now = ticks_now();
  size_t kept = 0;
  for (size_t i = 0; i < held_count_; ++i) {
    const PriorityFrame frame = held_[i];
    if (now >= frame.latest) {
      rte_pktmbuf_free(frame.mbuf);
      complete(frame, false);
      continue;
    }
    // Behind a frame that its port refused, others of this port wait too: the order is kept.
    const auto waits_for = [&](const PriorityFrame& held) { return held.port == frame.port; };
    rte_mbuf* mbuf = frame.mbuf;
    if (std::none_of(held_.begin(), held_.begin() + kept, waits_for) &&
        rte_eth_tx_burst(frame.port, frame.tx_queue, &mbuf, 1) == 1) {
      complete(frame, true);
    } else {
      held_[kept++] = frame;
    }
  }
  held_count_ = kept;
  return true;
}

// The transmitter queues no more frames than completions fit in, so there is always room.
void Worker::complete(const PriorityFrame& frame, bool sent) noexcept {
  (sent ? status_.priority_sent : status_.priority_late).add(1);
  [[maybe_unused]] const bool told = mailbox_.completions.push({frame.token, sent ? 1U : 0U});
  assert(told);
}

bool Worker::receive(const OwnedQueue& queue, Relief& relief) noexcept {
  if (unlikely(!relief.polled)) return false;
  Burst burst;
  unsigned count = rte_eth_rx_burst(queue.port, queue.rx_queue, burst.frames.data(), config_.burst);
  relief.backlog.note(count, config_.burst);
  if (count == 0) return false;
  if (unlikely(relief.backlog.wants_help())) count = hand_over(relief, burst, count);
  serve(burst, count, queue.port, queue.tx_queue);
  if (unlikely(relief.backlog.is_trial())) relief.backlog.note_trial(ticks_now() - clock_);
  return true;
}

// Gives away the first frames of the burst, unseen, as many as there is room for: the others move
// up, and are for this worker to serve. Answers how many those are.
unsigned Worker::hand_over(const Relief& relief, Burst& burst, unsigned count) noexcept {
  const std::span frames(burst.frames.data(), count);
  unsigned given = 0;
  for (HandoverRing* taker : relief.takers) given += taker->give(frames.subspan(given));
  if (given == 0) return count;
  std::copy(frames.begin() + given, frames.end(), frames.begin());
  status_.handed_over.add(given);
  return count - given;
}

// A worker that is behind itself takes nothing on: two of them would only pass on each other's.
void Worker::open_to_givers(bool open) noexcept {
  is_open_ = open;
  for (HandoverRing* ring : takes_) ring->set_open(open);
}

// What other workers cannot keep up with. Also where this one has closed: nothing that was given
// to it may grow old in a ring.
bool Worker::take(HandoverRing& ring) noexcept {
  Burst burst;
  const unsigned count = ring.take(std::span(burst.frames).first(config_.burst));
  if (count == 0) return false;
  for (unsigned i = 0; i < count; ++i) rte_prefetch0(burst.frames[i]);
  serve(burst, count, ring.way().port, ring.way().tx_queue);
  return true;
}

void Worker::serve(Burst& burst, unsigned count, dataplane::PortId port,
                   uint16_t tx_queue) noexcept {
  // Read here, as late as possible: between this reading and the transmit burst a lease is trusted.
  clock_ = ticks_now();
  Tally tally(status_.counters);
  if (likely(table_ != nullptr)) {
    answer(burst, count, port, tally);
    if (unlikely(arp_limit_.is_on() || echo_limit_.is_on())) limit(burst, tally);
    transmit(burst, port, tx_queue, tally);
  } else {
    std::copy_n(burst.frames.begin(), count, burst.dropped.begin());
    burst.drop_count = count;
    tally.add(Reason::no_table, count);
  }
  rte_pktmbuf_free_bulk(burst.dropped.data(), burst.drop_count);
  status_.counters.received.add(count);
}

// Decides on each frame of the burst. The straight line through it is an answer to ARP.
void Worker::answer(Burst& burst, unsigned count, dataplane::PortId port, Tally& tally) noexcept {
  const dataplane::ForwardTable& table = *table_;
  const Ticks now = clock_;
  for (unsigned i = 0; i < count; ++i) rte_prefetch0(rte_pktmbuf_mtod(burst.frames[i], void*));
  unsigned answers = 0;
  for (unsigned i = 0; i < count; ++i) {
    rte_mbuf* const mbuf = burst.frames[i];
    const Reason reason = decide(mbuf, port, table, now);
    if (likely(reason == Reason::arp_answered)) {
      burst.frames[answers++] = mbuf;
    } else {
      burst.answer_count = answers;
      divert(burst, mbuf, port, reason, tally);
      answers = burst.answer_count;
    }
  }
  burst.answer_count = answers;
}

// All but answers to ARP.
void Worker::divert(Burst& burst, rte_mbuf* mbuf, dataplane::PortId port, Reason reason,
                    Tally& tally) noexcept {
  const Verdict verdict = dataplane::verdict_of(reason);
  if (verdict == Verdict::transmit) {
    burst.echoes |= uint64_t{1} << burst.answer_count;
    burst.frames[burst.answer_count++] = mbuf;
    return;
  }
  if (verdict == Verdict::host) {
    reason = give_to_host(mbuf, port, reason);
    if (dataplane::verdict_of(reason) == Verdict::drop) burst.dropped[burst.drop_count++] = mbuf;
    return tally.add(reason, 1);
  }
  const bool punted = verdict == Verdict::punt && punt(mbuf, port, reason);
  if (!punted) burst.dropped[burst.drop_count++] = mbuf;
  tally.add(verdict == Verdict::punt && !punted ? dataplane::limited(reason) : reason, 1);
}

// False where the ring is full.
bool Worker::punt(rte_mbuf* mbuf, dataplane::PortId port, Reason reason) noexcept {
  mbuf->port = port;  // not every driver fills it in (net_ring)
  return mailbox_.ring_for(reason, frame_of(*mbuf)).push(mbuf);
}

// Takes out the answers to clients that have had theirs for this second.
void Worker::limit(Burst& burst, Tally& tally) noexcept {
  const auto second = static_cast<uint32_t>(clock_ / ticks_per_second());
  const uint64_t echoes = std::exchange(burst.echoes, 0);
  const unsigned answers = std::exchange(burst.answer_count, 0);
  for (unsigned i = 0; i < answers; ++i) {
    rte_mbuf* const mbuf = burst.frames[i];
    const bool is_echo = (echoes >> i & 1) != 0;
    const Reason reason = is_echo ? Reason::echo_answered : Reason::arp_answered;
    dataplane::AnswerLimit& by = is_echo ? echo_limit_ : arp_limit_;
    if (!by.is_on() || by.admit(dataplane::client_of(frame_of(*mbuf), reason), second)) {
      burst.echoes |= uint64_t{is_echo} << burst.answer_count;
      burst.frames[burst.answer_count++] = mbuf;
    } else {
      tally.add(is_echo ? Reason::echo_limited : Reason::arp_limited, 1);
      burst.dropped[burst.drop_count++] = mbuf;
    }
  }
}

// What the port does not take is dropped at once: an answer that waits is a lie in waiting.
void Worker::transmit(Burst& burst, dataplane::PortId port, uint16_t tx_queue,
                      Tally& tally) noexcept {
  if (burst.answer_count == 0) return;
  const unsigned sent = rte_eth_tx_burst(port, tx_queue, burst.frames.data(),
                                         static_cast<uint16_t>(burst.answer_count));
  for (unsigned i = sent; i < burst.answer_count; ++i) {
    burst.dropped[burst.drop_count++] = burst.frames[i];
  }
  const uint64_t first_sent = sent == 64 ? ~uint64_t{0} : (uint64_t{1} << sent) - 1;
  const auto echoes = static_cast<unsigned>(std::popcount(burst.echoes & first_sent));
  tally.add(Reason::arp_answered, sent - echoes);
  tally.add(Reason::echo_answered, echoes);
  tally.add(Reason::transmit_full, burst.answer_count - sent);
}

}  // namespace carp::dpdk
