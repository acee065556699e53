// SPDX-License-Identifier: BSD-3-Clause
#include "lib/control/inquiries.h"

#include <chrono>
#include <thread>
#include <utility>

namespace carp::control {
namespace {

using Clock = std::chrono::steady_clock;

constexpr auto kAnswerAtMost = std::chrono::seconds(1);
constexpr auto kLook = std::chrono::milliseconds(1);  // control passes about as often

}  // namespace

bool Inquiries::ask(Question question) {
  const auto latest = Clock::now() + kAnswerAtMost;
  const std::unique_lock turn(asking_, latest);
  if (!turn) return false;
  question_ = std::move(question);
  State idle = State::idle;
  if (!state_.compare_exchange_strong(idle, State::asked)) return false;  // closed
  for (;;) {
    State state = state_.load(std::memory_order_acquire);
    if (state == State::closed) return false;
    // Closed in between, the answer is there all the same.
    if (state == State::answered) {
      state_.compare_exchange_strong(state, State::idle);
      return true;
    }
    // Withdrawn only before control has begun: what it writes to is the asker's.
    if (state == State::asked && Clock::now() >= latest &&
        state_.compare_exchange_strong(state, State::idle))
      return false;
    std::this_thread::sleep_for(kLook);
  }
}

void Inquiries::answer(const ShowInput& input) {
  State asked = State::asked;
  if (!state_.compare_exchange_strong(asked, State::busy)) return;
  question_(input);
  state_.store(State::answered, std::memory_order_release);
}

void Inquiries::close() { state_.store(State::closed, std::memory_order_release); }

}  // namespace carp::control
