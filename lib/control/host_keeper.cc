// SPDX-License-Identifier: BSD-3-Clause
#include "lib/control/host_keeper.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <map>
#include <memory>
#include <set>
#include <system_error>

#include "lib/control/netlink.h"
#include "lib/dpdk/log.h"
#include "lib/dpdk/start_error.h"

namespace carp::control {
namespace {

constexpr int kRetryMs = 1000;
// Other interfaces of the machine come and go as well: one look for all that happens in so long.
constexpr auto kAfterChange = std::chrono::milliseconds(20);

void say(dpdk::LogLevel level, const std::string& name, const std::string& text) {
  dpdk::log(dpdk::LogType::control, level, "host=" + name + " " + text);
}

// One kernel interface and what is known of it.
class Kept {
 public:
  explicit Kept(HostWish wish) : wish_(std::move(wish)) {}

  void want(HostWish wish) {
    settled_ = settled_ && wish == wish_;
    wish_ = std::move(wish);
  }
  [[nodiscard]] bool is_settled() const noexcept { return settled_; }

  // Looks, and puts right what is not. Counts what somebody else had changed, and what failed.
  void keep(Netlink& kernel, std::atomic<uint64_t>& healed, std::atomic<uint64_t>& refused) {
    const auto link = kernel.look(wish_.name);
    if (!link) return miss();
    if (index_ != link->index) greet(*link, healed);
    bool all_taken = true;
    for (const HostStep& step : plan_host(wish_, *link)) {
      const int error = kernel.take(step, wish_, link->index);
      // It was in the plan and is done: an interface that somebody else changes at the same time.
      const bool taken = error == 0 || error == EADDRNOTAVAIL || error == EEXIST;
      if (!taken) fail(step, error, refused);
      all_taken &= taken;
      if (!settled_ || !taken) continue;
      ++healed;
      say(dpdk::LogLevel::warning, wish_.name, "event=healed: " + finding_of(step) + "; put right");
    }
    if (all_taken) failure_.clear();
    settled_ = all_taken;
    mention_unknown(*link);
  }

 private:
  // The host thread makes it anew, under another index.
  void miss() {
    if (index_ != 0 && settled_)
      say(dpdk::LogLevel::warning, wish_.name,
          "event=missing: it was deleted, and is made anew, or got another name");
    settled_ = false;
  }

  void greet(const KernelLink& link, std::atomic<uint64_t>& healed) {
    if (index_ != 0) {
      ++healed;
      say(dpdk::LogLevel::notice, wish_.name, "event=back: it was made anew");
    }
    index_ = link.index;
    settled_ = false;
    mentioned_.clear();
  }

  // The same trouble once, however often it is tried again.
  void fail(const HostStep& step, int error, std::atomic<uint64_t>& refused) {
    ++refused;
    const std::string text = std::string("event=refused: the kernel does not take ") +
                             name_of(step) + ": " + std::strerror(error);
    if (text == failure_) return;
    failure_ = text;
    say(dpdk::LogLevel::error, wish_.name, text);
  }

  [[nodiscard]] static std::string name_of(const HostStep& step) {
    switch (step.kind) {
      case HostStepKind::remove_address: return "the removal of " + net::to_string(step.address);
      case HostStepKind::add_address: return net::to_string(step.address);
      case HostStepKind::set_mac: return "the MAC address";
      case HostStepKind::set_mtu: return "the MTU";
      case HostStepKind::set_up: return "that it is up";
      case HostStepKind::set_carrier: return "the carrier";
    }
    return {};
  }

  void mention_unknown(const KernelLink& link) {
    for (const net::Ipv4Prefix& prefix : unknown_addresses(wish_, link))
      if (mentioned_.insert(prefix).second)
        say(dpdk::LogLevel::notice, wish_.name,
            "event=unknown_address: " + net::to_string(prefix) + " is not in carp.ini; it is left");
  }

  HostWish wish_;
  unsigned index_ = 0;    // in the kernel, when last seen
  bool settled_ = false;  // it was as wanted when last seen: what differs somebody else did
  std::string failure_;   // the last that was said
  std::set<net::Ipv4Prefix> mentioned_;
};

}  // namespace

HostKeeper::HostKeeper() : event_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
  if (event_ < 0)
    throw dpdk::StartError(dpdk::ExitCode::unavailable, std::string("host keeper: eventfd: ") +
                                                            std::strerror(errno) +
                                                            "; allow more open files (ulimit -n)");
  thread_ = std::thread([this] { run(); });
}

HostKeeper::~HostKeeper() {
  ending_.store(true, std::memory_order_relaxed);
  wake();
  thread_.join();
  delete wanted_.load();
  close(event_);
}

void HostKeeper::want(std::vector<HostWish> wishes) {
  auto newest = std::make_unique<std::vector<HostWish>>(std::move(wishes));
  delete wanted_.exchange(newest.release());
  wake();
}

void HostKeeper::wake() noexcept {
  const uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = write(event_, &one, sizeof one);
}

void HostKeeper::run() try {
  Netlink kernel;
  std::map<std::string, Kept> all;  // by name
  while (!ending_.load(std::memory_order_relaxed)) {
    const std::unique_ptr<std::vector<HostWish>> wanted(wanted_.exchange(nullptr));
    if (wanted)
      for (HostWish& wish : *wanted) {
        const auto [kept, is_new] = all.try_emplace(wish.name, wish);
        if (!is_new) kept->second.want(std::move(wish));
      }
    kernel.drain();
    bool is_settled = true;
    for (auto& [name, kept] : all) {
      kept.keep(kernel, healed_, refused_);
      is_settled &= kept.is_settled();
    }
    std::array<pollfd, 2> waits{pollfd{event_, POLLIN, 0}, pollfd{kernel.descriptor(), POLLIN, 0}};
    poll(waits.data(), waits.size(), is_settled ? -1 : kRetryMs);
    uint64_t events = 0;
    const bool is_asked = read(event_, &events, sizeof events) > 0;
    if (!is_asked) std::this_thread::sleep_for(kAfterChange);
  }
} catch (const std::exception& error) {
  dpdk::log(dpdk::LogType::control, dpdk::LogLevel::error,
            std::string("host keeper: ") + error.what() + "; kernel interfaces are left alone");
}

}  // namespace carp::control
