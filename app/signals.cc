// SPDX-License-Identifier: BSD-3-Clause
#include "app/signals.h"

#include <unistd.h>

#include <csignal>

namespace carp::app {
namespace {

// What a shell reports for a program that SIGINT ended.
constexpr int kInterrupted = 128 + SIGINT;

control::Requests* g_requests = nullptr;  // set once, before the handlers are

void on_signal(int signal) {
  if (signal == SIGHUP) {
    g_requests->hang_up = true;
    return;
  }
  const bool again = g_requests->stop.exchange(true);
  if (again && signal == SIGINT) _exit(kInterrupted);
}

}  // namespace

void install_signal_handlers(control::Requests& requests) {
  static_assert(std::atomic<bool>::is_always_lock_free);
  g_requests = &requests;
  struct sigaction action = {};
  action.sa_handler = on_signal;
  action.sa_flags = SA_RESTART;
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaction(signal, &action, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
}

}  // namespace carp::app
