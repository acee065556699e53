// SPDX-License-Identifier: BSD-3-Clause
#include "lib/control/program_runner.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <mutex>
#include <utility>

#include "lib/control/child_process.h"

namespace carp::control {
namespace {

using Clock = ChildProcess::Clock;

// A disk that hangs may hold up the start of a program; the end of ours does not wait for it.
constexpr auto kFarewellAtMost = std::chrono::milliseconds(200);
constexpr auto kLook = std::chrono::milliseconds(1);

[[nodiscard]] int milliseconds_until(Clock::time_point then, Clock::time_point now) {
  if (then == Clock::time_point::max()) return -1;
  const auto wait = std::chrono::ceil<std::chrono::milliseconds>(std::max(then - now, {}));
  return static_cast<int>(std::min(wait, std::chrono::milliseconds(1000)).count());
}

}  // namespace

// Where control and the thread meet. Both hold the lock for as long as it takes to swap a vector,
// and control never waits for it.
struct ProgramRunner::Desk {
  ~Desk() { close(bell); }

  std::mutex lock;
  std::vector<Order> orders;             // control's to add, the thread's to take
  std::vector<Ended> ended;              // the other way round
  std::atomic<bool> has_ended{false};    // something lies in `ended`
  std::atomic<bool> is_closing{false};   // set by control
  std::atomic<bool> is_deserted{false};  // the thread has gone
  const int bell = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);

  void ring() const { (void)!eventfd_write(bell, 1); }
};

// The thread's own: what runs, and what has ended and was not told yet.
class ProgramRunner::Watch {
 public:
  explicit Watch(Desk& desk) : desk_(desk) {}

  // Until control closes the desk; what runs then dies with this.
  void keep() {
    while (!desk_.is_closing) {
      for (const Order& order : exchange()) start(order);
      wait();
      look();
    }
  }

 private:
  struct Running {
    RunId id = 0;
    ChildProcess child;
  };

  [[nodiscard]] std::vector<Order> exchange() {
    const std::lock_guard guard(desk_.lock);
    for (Ended& one : ended_) desk_.ended.push_back(std::move(one));
    ended_.clear();
    desk_.has_ended = !desk_.ended.empty();
    return std::exchange(desk_.orders, {});
  }

  void start(const Order& order) {
    auto child = ChildProcess::start(order.program, Clock::now());
    if (child) {
      running_.push_back({order.id, std::move(child.value())});
    } else {
      ended_.push_back({order.id, {Ending::How::not_started, child.error(), {}, 0}});
    }
  }

  // Until the bell rings, a program writes or ends, or its time is over.
  void wait() {
    const auto now = Clock::now();
    auto look_at = ended_.empty() ? Clock::time_point::max() : now;
    watched_.assign({{desk_.bell, POLLIN, 0}});
    for (const Running& one : running_) {
      watched_.push_back({one.child.process_fd(), POLLIN, 0});
      watched_.push_back({one.child.output_fd(now), POLLIN, 0});
      look_at = std::min(look_at, one.child.wants_look_at(now));
    }
    (void)::poll(watched_.data(), watched_.size(), milliseconds_until(look_at, now));
    eventfd_t rung = 0;
    (void)!eventfd_read(desk_.bell, &rung);
  }

  void look() {
    const auto now = Clock::now();
    for (size_t i = running_.size(); i-- > 0;) {
      ChildProcess& child = running_[i].child;
      const bool has_written = watched_[2 * i + 2].revents != 0;
      const bool has_ended = watched_[2 * i + 1].revents != 0;
      if (has_written) child.read_output(now);
      child.kill_if_overdue(now);
      if (!has_ended) continue;
      ended_.push_back({running_[i].id, child.bury()});
      running_.erase(running_.begin() + static_cast<std::ptrdiff_t>(i));
    }
  }

  Desk& desk_;
  std::vector<Running> running_;
  std::vector<Ended> ended_;
  std::vector<pollfd> watched_;  // the bell, then two for each that runs
};

ProgramRunner::ProgramRunner()
    : desk_(std::make_shared<Desk>()), thread_([desk = desk_] {
        run(*desk);
        desk->is_deserted = true;
      }) {}

ProgramRunner::~ProgramRunner() {
  desk_->is_closing = true;
  desk_->ring();
  const auto latest = Clock::now() + kFarewellAtMost;
  while (!desk_->is_deserted && Clock::now() < latest) std::this_thread::sleep_for(kLook);
  if (desk_->is_deserted) {
    thread_.join();
  } else {
    thread_.detach();
  }
}

RunId ProgramRunner::start(Program program) {
  orders_.push_back({++last_id_, std::move(program)});
  return last_id_;
}

std::vector<Ended> ProgramRunner::poll() {
  std::vector<Ended> ended;
  if (orders_.empty() && !desk_->has_ended.load(std::memory_order_relaxed)) return ended;
  const std::unique_lock guard(desk_->lock, std::try_to_lock);
  if (!guard) return ended;
  ended.swap(desk_->ended);
  desk_->has_ended = false;
  if (orders_.empty()) return ended;
  for (Order& order : orders_) desk_->orders.push_back(std::move(order));
  orders_.clear();
  desk_->ring();
  return ended;
}

void ProgramRunner::run(Desk& desk) {
  std::signal(SIGCHLD, SIG_DFL);  // ignored, ends would go by unseen
  Watch(desk).keep();
}

}  // namespace carp::control
