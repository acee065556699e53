// SPDX-License-Identifier: BSD-3-Clause
#include "lib/control/helper.h"

#include <atomic>
#include <chrono>
#include <utility>

namespace carp::control {
namespace {

constexpr auto kLook = std::chrono::milliseconds(1);

enum class State : uint8_t { idle, busy, ending };

}  // namespace

// `job` is control's while idle and the helper's while busy.
struct Helper::Desk {
  std::atomic<State> state{State::idle};
  std::function<void()> job;
};

Helper::Helper() : desk_(std::make_shared<Desk>()), thread_([desk = desk_] { run(*desk); }) {}

Helper::~Helper() {
  if (!settle()) {
    thread_.detach();
    return;
  }
  desk_->state.store(State::ending, std::memory_order_release);
  desk_->state.notify_one();
  thread_.join();
}

bool Helper::settle() {
  while (desk_->state.load(std::memory_order_acquire) != State::idle) {
    if (patience_ <= kLook) return false;
    std::this_thread::sleep_for(kLook);
    patience_ -= kLook;
  }
  return true;
}

bool Helper::try_start(std::function<void()> job) {
  if (desk_->state.load(std::memory_order_acquire) != State::idle) return false;
  desk_->job = std::move(job);
  desk_->state.store(State::busy, std::memory_order_release);
  desk_->state.notify_one();
  return true;
}

void Helper::run(Desk& desk) {
  while (true) {
    desk.state.wait(State::idle, std::memory_order_acquire);
    if (desk.state.load(std::memory_order_acquire) == State::ending) return;
    std::exchange(desk.job, nullptr)();
    desk.state.store(State::idle, std::memory_order_release);
  }
}

}  // namespace carp::control
