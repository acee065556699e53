// SPDX-License-Identifier: BSD-3-Clause
//
// The password of the TCP console (I3.1): judges answers, in a time that tells nothing about the
// password, and makes everybody wait longer while wrong ones come, so that opening more connections
// gives nobody more guesses. Shared by all sessions; control's thread.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace carp::control {

inline constexpr int kLoginAttempts = 3;                  // then the connection is closed
inline constexpr std::chrono::seconds kLoginDelayMax{8};  // before any answer is judged
inline constexpr std::chrono::seconds kLoginTime{60};     // to give the right one

class Login {
 public:
  // The content of [control] password_file without its line end. Requires: !password.empty().
  explicit Login(std::string password);
  ~Login();  // wipes it
  Login(const Login&) = delete;
  Login& operator=(const Login&) = delete;

  // Counts a wrong answer; a right one takes the delay back.
  [[nodiscard]] bool is_right(std::string_view answer);
  // How long the verdict on an answer that has just come is held back, be it right or wrong: 0,
  // then 1, 2, 4, 8 s with the wrong ones since the last right one.
  [[nodiscard]] std::chrono::seconds delay() const noexcept;

 private:
  std::string password_;
  unsigned wrong_in_a_row_ = 0;
};

}  // namespace carp::control
