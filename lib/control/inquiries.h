// SPDX-License-Identifier: BSD-3-Clause
//
// How another thread learns what the engine knows: it leaves a question, and control carries it out
// in its next pass, between two decisions. Control takes no lock and waits for nobody; whoever asks
// waits, and not long. One question a pass, and a question has to be short: it copies, and what
// takes time is done with the copy by whoever asked.
#pragma once

#include <atomic>
#include <functional>
#include <mutex>

#include "lib/control/show_input.h"

namespace carp::control {

class Inquiries {
 public:
  using Question = std::function<void(const ShowInput&)>;

  // True when control has carried it out; false where it did not come to it within a second, or
  // where the program ends. Any thread but control.
  [[nodiscard]] bool ask(Question question);

  // --- control only ---
  [[nodiscard]] bool is_waiting() const noexcept {
    return state_.load(std::memory_order_acquire) == State::asked;
  }
  // Carries out the question that waits, unless it was withdrawn.
  void answer(const ShowInput& input);
  // Nobody answers from here on. Control's last call.
  void close();

 private:
  // `question_` is the asker's while idle and asked, control's while busy.
  enum class State : uint8_t { idle, asked, busy, answered, closed };

  std::timed_mutex asking_;  // held by whoever asks
  std::atomic<State> state_{State::idle};
  Question question_;
};

}  // namespace carp::control
