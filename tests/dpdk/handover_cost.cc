// SPDX-License-Identifier: BSD-3-Clause
//
// What it costs two workers that one hands frames to the other: two pinned threads, a ring between
// them and a pool that the mbufs go back to, beside one thread that answers alone. No card plays
// along: a window of mbufs stands for its descriptors, and requests are copied in where it would
// write them; that copy is not counted.
//
//   handover_cost CPU CPU       NAME=CYCLES for each part, a frame; the second CPU's thread takes
//
// A sample is the sum over a group of bursts, since caches of mbufs are filled and emptied by the
// hundred; what is printed is the median, which a thread that was taken off its CPU does not move.
#include <rte_mbuf.h>
#include <rte_pause.h>
#include <rte_prefetch.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdio>
#include <string>
#include <vector>

#include "lib/dataplane/process.h"
#include "lib/dpdk/eal.h"
#include "lib/dpdk/mbuf.h"
#include "lib/dpdk/mbuf_pool.h"
#include "lib/dpdk/spread.h"
#include "lib/dpdk/tsc_clock.h"
#include "tests/bench/load.h"

namespace {

using carp::dataplane::Ticks;
using carp::dpdk::ticks_now;

constexpr unsigned kBurst = 32;
constexpr unsigned kDescriptors = 512;
constexpr unsigned kGroup = 64;  // bursts of a sample
constexpr unsigned kSamples = 400;

using Burst = std::array<rte_mbuf*, kBurst>;

// The cycles of one part of the work.
class Part {
 public:
  void add(Ticks cycles) {
    sum_ += cycles;
    if (++bursts_ % kGroup != 0) return;
    samples_.push_back(static_cast<double>(sum_) / (kGroup * kBurst));
    sum_ = 0;
  }
  [[nodiscard]] bool is_done() const { return samples_.size() >= kSamples; }
  [[nodiscard]] double median() {
    const auto middle = samples_.begin() + static_cast<ptrdiff_t>(samples_.size() / 2);
    std::nth_element(samples_.begin(), middle, samples_.end());
    return *middle;
  }

 private:
  Ticks sum_ = 0;
  size_t bursts_ = 0;
  std::vector<double> samples_;
};

// Receive descriptors: the oldest mbufs come with frames in them, new ones take their places.
class Card {
 public:
  Card(const carp::dpdk::MbufPool& pool, const carp::bench::Load& load) : pool_(pool), load_(load) {
    window_.resize(kDescriptors);
    ok_ = rte_pktmbuf_alloc_bulk(pool.handle(), window_.data(), kDescriptors) == 0;
  }
  ~Card() {
    if (ok_) rte_pktmbuf_free_bulk(window_.data(), kDescriptors);
  }
  Card(const Card&) = delete;
  Card& operator=(const Card&) = delete;

  // False where the pool is empty.
  [[nodiscard]] bool receive(Burst& burst, Part& refill) {
    if (!ok_) return false;
    rte_mbuf** const oldest = &window_[next_];
    std::copy_n(oldest, kBurst, burst.begin());
    const Ticks before = ticks_now();
    if (rte_pktmbuf_alloc_bulk(pool_.handle(), oldest, kBurst) != 0) return false;
    refill.add(ticks_now() - before);
    next_ = (next_ + kBurst) % kDescriptors;
    for (rte_mbuf* mbuf : burst) {
      const carp::net::Frame& frame = load_.requests()[request_++ % load_.requests().size()];
      mbuf->data_len = static_cast<uint16_t>(frame.size());
      mbuf->pkt_len = mbuf->data_len;
      std::copy(frame.begin(), frame.end(), rte_pktmbuf_mtod(mbuf, uint8_t*));
    }
    return true;
  }

 private:
  const carp::dpdk::MbufPool& pool_;
  const carp::bench::Load& load_;
  std::vector<rte_mbuf*> window_;
  size_t next_ = 0;
  size_t request_ = 0;
  bool ok_ = false;
};

struct Server {
  Part answer;
  Part free;
  size_t unanswered = 0;

  // As a worker does it, but for the sending, which is the driver's.
  void serve(const carp::bench::Load& load, rte_mbuf** frames, unsigned count) {
    const Ticks before = ticks_now();
    for (unsigned i = 0; i < count; ++i) rte_prefetch0(rte_pktmbuf_mtod(frames[i], void*));
    for (unsigned i = 0; i < count; ++i) {
      const auto reason = carp::dataplane::process(carp::dpdk::frame_of(*frames[i]), 0,
                                                   load.table(), carp::bench::kNow);
      unanswered += reason == carp::dataplane::Reason::arp_answered ? 0U : 1U;
    }
    const Ticks answered = ticks_now();
    rte_pktmbuf_free_bulk(frames, count);
    const Ticks freed = ticks_now();
    if (count != kBurst) return;
    answer.add(answered - before);
    free.add(freed - answered);
  }
};

struct Alone {
  Part refill;
  Server server;
};

[[nodiscard]] bool run_alone(const carp::dpdk::MbufPool& pool, const carp::bench::Load& load,
                             Alone& alone) {
  Card card(pool, load);
  Burst burst;
  while (!alone.server.free.is_done()) {
    if (!card.receive(burst, alone.refill)) return false;
    alone.server.serve(load, burst.data(), kBurst);
  }
  return true;
}

struct Giver {
  Part refill;
  Part give;
};

[[nodiscard]] bool run_giver(const carp::dpdk::MbufPool& pool, const carp::bench::Load& load,
                             carp::dpdk::HandoverRing& ring, const std::atomic<bool>& taker_done,
                             Giver& giver) {
  Card card(pool, load);
  Burst burst;
  while (!giver.give.is_done() || !taker_done) {
    if (!card.receive(burst, giver.refill)) return false;
    // All are given, so that all mbufs go the long way; a worker would serve itself what finds no
    // room. To wait for room is not counted.
    const Ticks before = ticks_now();
    unsigned given = ring.give(burst);
    if (given == kBurst) giver.give.add(ticks_now() - before);
    while (given < kBurst) {
      rte_pause();
      given += ring.give(std::span(burst).subspan(given));
    }
  }
  return true;
}

struct Taker {
  Part take;
  Server server;
};

void run_taker(const carp::bench::Load& load, carp::dpdk::HandoverRing& ring,
               const std::atomic<bool>& running, std::atomic<bool>& done, Taker& taker) {
  Burst burst;
  while (running) {
    const Ticks before = ticks_now();
    const unsigned taken = ring.take(burst);
    for (unsigned i = 0; i < taken; ++i) rte_prefetch0(burst[i]);
    if (taken == kBurst) taker.take.add(ticks_now() - before);
    taker.server.serve(load, burst.data(), taken);
    if (taker.server.free.is_done()) done = true;
  }
}

[[nodiscard]] int run(carp::dpdk::Eal& eal) {
  const carp::bench::Load load(carp::bench::kSmall);
  const carp::dpdk::MbufPool pool("handover", {.descriptors = 4 * kDescriptors, .workers = 2}, 0);
  carp::dpdk::HandoverRing ring({.giver = 0, .taker = 1}, 0);
  Alone alone;
  Giver giver;
  Taker taker;
  bool has_mbufs = run_alone(pool, load, alone);
  std::atomic<bool> running{true};
  std::atomic<bool> taker_done{false};
  eal.launch(eal.lcores()[0], [&] { run_taker(load, ring, running, taker_done, taker); });
  has_mbufs &= run_giver(pool, load, ring, taker_done, giver);
  running = false;
  eal.wait();
  if (!has_mbufs || alone.server.unanswered + taker.server.unanswered != 0) {
    std::fprintf(stderr, "handover_cost: a request was not answered, or the pool was empty\n");
    return 1;
  }
  std::printf("alone_refill=%.1f alone_answer=%.1f alone_free=%.1f\n", alone.refill.median(),
              alone.server.answer.median(), alone.server.free.median());
  std::printf("giver_refill=%.1f giver_give=%.1f\n", giver.refill.median(), giver.give.median());
  std::printf("taker_take=%.1f taker_answer=%.1f taker_free=%.1f\n", taker.take.median(),
              taker.server.answer.median(), taker.server.free.median());
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 64;
  const std::string lcores = std::string("--lcores=0@") + argv[1] + ",1@" + argv[2];
  try {
    carp::dpdk::Eal eal({"handover_cost", "--no-huge", "--no-pci", "--no-shconf", "--no-telemetry",
                         "-m", "64", "--file-prefix=carp-handover-" + std::to_string(getpid()),
                         lcores, "--log-level=lib.eal:warning"});
    return run(eal);
  } catch (const carp::dpdk::StartError& error) {
    std::fprintf(stderr, "handover_cost: %s\n", error.what());
    return 69;
  }
}
