// SPDX-License-Identifier: BSD-3-Clause
#include "lib/control/inquiries.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "lib/control/metrics_page.h"
#include "tests/control/engine_rig.h"

namespace carp::control {
namespace {

// Control as a test plays it: answers in passes of its own until told to stop.
class Inquired : public testing::Test {
 protected:
  ~Inquired() override { stop(); }

  void start() {
    control_ = std::thread([this] {
      while (!stop_) {
        if (inquiries.is_waiting()) ++answered;
        inquiries.answer({rig.engine(), view, rig.now()});
        std::this_thread::yield();
      }
    });
  }
  void stop() {
    stop_ = true;
    if (control_.joinable()) control_.join();
  }

  EngineRig rig{lan_config({vhost("carp0", 1, "192.168.1.50/24")})};
  RuntimeView view;
  Inquiries inquiries;
  std::atomic<int> answered{0};

 private:
  std::atomic<bool> stop_{false};
  std::thread control_;
};

// Who had no turn within a second, on a busy machine, asks again.
TEST_F(Inquired, ManyThreadsAskAndEachGetsItsAnswer) {
  start();
  std::atomic<int> right{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      for (int turn = 0; turn < 50; ++turn) {
        size_t vhosts = 0;
        while (
            !inquiries.ask([&](const ShowInput& input) { vhosts = input.engine.vhosts().size(); }))
          EXPECT_EQ(vhosts, 0u);
        right += vhosts == 1 ? 1 : 0;
      }
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(right, 200);
}

// What was withdrawn is carried out by nobody: the asker's memory may be gone.
TEST_F(Inquired, AControlThatDoesNotAnswerIsWaitedForNotLong) {
  bool carried_out = false;
  EXPECT_FALSE(inquiries.ask([&](const ShowInput&) { carried_out = true; }));
  inquiries.answer({rig.engine(), view, rig.now()});
  EXPECT_FALSE(carried_out);
  start();
  while (!inquiries.ask([&](const ShowInput&) { carried_out = true; })) continue;
  EXPECT_TRUE(carried_out);
}

TEST_F(Inquired, TheEndOfControlEndsTheWait) {
  std::thread end([this] {
    while (!inquiries.is_waiting()) std::this_thread::yield();
    inquiries.close();
  });
  EXPECT_FALSE(inquiries.ask([](const ShowInput&) { FAIL() << "control has ended"; }));
  end.join();
  EXPECT_FALSE(inquiries.ask([](const ShowInput&) { FAIL() << "control has ended"; }));
}

TEST_F(Inquired, AFreshPageIsNotMadeAgain) {
  start();
  MetricsPage page(inquiries);
  auto first = page.get();
  while (!first) first = page.get();
  EXPECT_NE(first->find("carp_vhost_state{"), std::string::npos);
  const int answered_before = answered;
  const auto began = std::chrono::steady_clock::now();
  for (int asked = 0; asked < 1000; ++asked) (void)page.get();
  const auto took = std::chrono::steady_clock::now() - began;
  EXPECT_LE(answered, answered_before + 1 + took / std::chrono::seconds(1));
}

TEST_F(Inquired, ThereIsNoPageWhereControlDoesNotAnswer) {
  MetricsPage page(inquiries);
  EXPECT_FALSE(page.get());
}

}  // namespace
}  // namespace carp::control
