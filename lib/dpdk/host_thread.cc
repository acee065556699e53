// SPDX-License-Identifier: BSD-3-Clause
#include "lib/dpdk/host_thread.h"

#include <poll.h>
#include <rte_ether.h>
#include <rte_mbuf.h>
#include <rte_pause.h>

#include <array>
#include <cassert>
#include <cstring>

#include "lib/dpdk/idle.h"
#include "lib/dpdk/start_error.h"
#include "lib/dpdk/tsc_clock.h"

namespace carp::dpdk {
namespace {

constexpr uint16_t kShortestFrame = RTE_ETHER_MIN_LEN - RTE_ETHER_CRC_LEN;
// As many as interfaces.
constexpr size_t kDescriptorsMax = dataplane::kMaxInterfaces;

// NICs do not all fill up what is too short for the wire.
void pad(rte_mbuf& mbuf) noexcept {
  if (mbuf.pkt_len >= kShortestFrame || mbuf.nb_segs != 1) return;
  const auto missing = static_cast<uint16_t>(kShortestFrame - mbuf.data_len);
  char* const end = rte_pktmbuf_append(&mbuf, missing);
  if (end != nullptr) std::memset(end, 0, missing);
}

}  // namespace

HostThread::HostThread(std::vector<std::unique_ptr<HostDevice>> devices, HostWays& ways,
                       proto::Duration longest_sleep)
    : devices_(std::move(devices)), ways_(ways), longest_sleep_(longest_sleep) {
  assert(devices_.size() == ways.outboxes().size() && devices_.size() <= kDescriptorsMax);
  for (size_t host = 0; host < devices_.size(); ++host)
    statuses_.push_back(std::make_unique<HostStatus>());
}

HostThread::~HostThread() { stop(); }

void HostThread::start() {
  assert(!started_);
  running_.store(true, std::memory_order_relaxed);
  // The EAL puts its control threads where no lcore runs, or on the main one.
  const int error = rte_ctrl_thread_create(&thread_, "carp-host", nullptr, run, this);
  if (error != 0) {
    throw StartError(ExitCode::unavailable, std::string("host thread: ") + strerror(-error) +
                                                "; allow more threads (ulimit -u)");
  }
  started_ = true;
}

void HostThread::stop() noexcept {
  running_.store(false, std::memory_order_relaxed);
  if (started_) pthread_join(thread_, nullptr);
  started_ = false;
}

void* HostThread::run(void* thread) noexcept {
  auto& self = *static_cast<HostThread*>(thread);
  // It has no lcore number (rte_thread_register), and so no cache in the pool: with one no
  // dpdk-dumpcap could attach (I4.3). It takes and gives back by the handful instead.
  sleep_exactly();
  for (uint32_t empty_polls = 0; self.running_.load(std::memory_order_relaxed);) {
    empty_polls = self.poll_once() ? 0 : empty_polls + 1;
    self.wait(empty_polls);
  }
  return nullptr;
}

bool HostThread::poll_once() noexcept {
  bool had_work = false;
  for (const auto& inbox : ways_.inboxes()) {
    had_work |= carry_in(inbox->arp);
    had_work |= carry_in(inbox->traffic);
  }
  for (size_t host = 0; host < devices_.size(); ++host) {
    had_work |= carry_out(host);
    if (devices_[host]->is_gone()) look_after(host);
  }
  return had_work;
}

// Frames of one interface that follow each other go to the kernel as one burst.
bool HostThread::carry_in(SpscRing<HostFrame>& ring) noexcept {
  std::array<HostFrame, kHostBurst> frames;
  const unsigned count = ring.pop_some(frames);
  for (unsigned begin = 0; begin < count;) {
    std::array<rte_mbuf*, kHostBurst> burst;
    const dataplane::HostId host = frames[begin].host;
    unsigned length = 0;
    while (begin < count && frames[begin].host == host) burst[length++] = frames[begin++].mbuf;
    const unsigned taken = devices_[host]->send(std::span(burst).first(length));
    statuses_[host]->to_host.add(taken);
    statuses_[host]->refused.add(length - taken);
  }
  return count > 0;
}

// Where the worker is behind, frames stay with the kernel, whose queues know best what to drop.
bool HostThread::carry_out(size_t host) noexcept {
  std::array<rte_mbuf*, kHostBurst> frames;
  HostOutbox& outbox = *ways_.outboxes()[host];
  HostStatus& status = *statuses_[host];
  const size_t room = std::min<size_t>(outbox.frames.free_count(), kHostBurst);
  if (room == 0) return false;
  const HostBurst burst = devices_[host]->receive(std::span(frames).first(room));
  for (unsigned i = 0; i < burst.frames; ++i) pad(*frames[i]);
  [[maybe_unused]] const unsigned given =
      outbox.frames.push_some(std::span<rte_mbuf* const>(frames.data(), burst.frames));
  assert(given == burst.frames);
  status.from_host.add(burst.frames);
  status.too_long.add(burst.too_long);
  status.no_buffer.add(burst.no_buffer);
  return burst.frames + burst.too_long > 0;
}

// Once a second: the name may be somebody else's for a while.
void HostThread::look_after(size_t host) noexcept {
  statuses_[host]->gone.store(true, std::memory_order_relaxed);
  const dataplane::Ticks now = ticks_now();
  if (now < reopen_from_) return;
  if (devices_[host]->reopen()) {
    statuses_[host]->gone.store(false, std::memory_order_relaxed);
    statuses_[host]->reopened.add(1);
  } else {
    reopen_from_ = now + ticks_per_second();
  }
}

// Sleeps as an idle worker does, but for what the kernel sends: that wakes it.
void HostThread::wait(uint32_t empty_polls) noexcept {
  const IdleStep step = idle_step(Idle::sleep, empty_polls, longest_sleep_);
  for (uint32_t i = 0; i < step.pauses; ++i) rte_pause();
  if (step.sleep <= proto::Duration{0}) return;
  std::array<pollfd, kDescriptorsMax> waits;
  nfds_t count = 0;
  for (size_t host = 0; host < devices_.size(); ++host) {
    const int descriptor = devices_[host]->descriptor();
    // One that is full would wake it for what it cannot take.
    const bool can_take = ways_.outboxes()[host]->frames.free_count() > 0;
    if (descriptor >= 0 && can_take && !devices_[host]->is_gone())
      waits[count++] = {.fd = descriptor, .events = POLLIN, .revents = 0};
  }
  const auto ns = std::chrono::nanoseconds(step.sleep).count();
  const timespec time{ns / 1'000'000'000, ns % 1'000'000'000};
  ppoll(waits.data(), count, &time, nullptr);
}

}  // namespace carp::dpdk
