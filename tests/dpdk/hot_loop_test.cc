// SPDX-License-Identifier: BSD-3-Clause
//
// What a worker's loop must never do, whatever comes: allocate, or enter the kernel.
#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdlib>

#include "tests/dpdk/allocations.h"
#include "tests/dpdk/host_scene.h"
#include "tests/dpdk/scene.h"

namespace carp::dpdk {
namespace {

using dataplane::Reason;

constexpr int kRounds = 80;

// With a second worker, which never takes what it is given: some is handed over, then no more fits.
const SceneSpec kWithHelper{
    .ring = {.rx_queues = 2, .tx_queues = 3}, .worker = {.give_cycles = 0}, .workers = 2};

// Every way of a frame through a worker, until nothing is left; idling in between as `run` does.
void work(Scene& scene) {
  Idler idler(Idle::poll);
  bool had_work = true;
  while (had_work) {
    had_work = scene.worker.poll_once();
    idler.after_poll(had_work, kLongestSleep);
  }
}

void deliver_all(Scene& scene) {
  const net::Frame tiny(5);
  for (int i = 0; i < kRounds; ++i) {
    scene.deliver(request_frame());
    scene.deliver(request_frame(kVlan));
    scene.deliver(request_frame(99));
    scene.deliver(advert_frame());
    scene.deliver(conflict_frame());
    scene.deliver(tiny);
  }
}

void expect_all_ways(const Scene& scene) {
  for (const Reason reason :
       {Reason::arp_answered, Reason::unknown_vlan, Reason::too_short, Reason::advert})
    EXPECT_GE(scene.count(reason), uint64_t{kRounds} / 2) << dataplane::info_of(reason).name;
  EXPECT_GT(scene.count(Reason::arp_conflict), 0U);
  EXPECT_EQ(scene.worker.status().handed_over.get(), kHandoverRingSize);
}

TEST(HotLoop, AllocatesNothing) {
  if (!counts_allocations()) GTEST_SKIP() << "a sanitizer has its own heap";
  const uint64_t at_first = allocations();
  void* volatile memory = std::malloc(1);  // volatile: or the compiler leaves the pair out
  std::free(memory);
  ASSERT_EQ(allocations(), at_first + 1) << "the count does not count";
  Scene scene("hot_alloc", kWithHelper);
  const auto table = scene.make_table(1);
  ASSERT_TRUE(scene.mailbox.post(&table));
  deliver_all(scene);
  const uint64_t before = allocations();
  work(scene);
  EXPECT_EQ(allocations(), before);
  expect_all_ways(scene);
}

// From here on the calling process may only end itself; anything else kills it with SIGSYS.
bool forbid_system_calls() {
  std::array<sock_filter, 4> program = {{
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_exit_group, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
  }};
  const sock_fprog filter{program.size(), program.data()};
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
}

// How a child ends that does `what` without the kernel: 0 well, a signal's number, -1 where this
// kernel cannot forbid anything.
template <typename What>
int ending_without_kernel(What what) {
  const pid_t child = fork();
  if (child == 0) {
    if (!forbid_system_calls()) _exit(1);
    what();
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  if (WIFSIGNALED(status)) return WTERMSIG(status);
  return WEXITSTATUS(status) == 0 ? 0 : -1;
}

TEST(HotLoop, MakesNoSystemCall) {
  if (ending_without_kernel([] {}) == -1) GTEST_SKIP() << "this kernel has no seccomp";
  ASSERT_EQ(ending_without_kernel([] { (void)getppid(); }), SIGSYS) << "the filter does not hold";
  Scene scene("hot_calls", kWithHelper);
  const auto table = scene.make_table(1);
  ASSERT_TRUE(scene.mailbox.post(&table));
  deliver_all(scene);
  // On a copy of this process's memory, or on the very same: EAL decides. Here nobody works then.
  EXPECT_EQ(ending_without_kernel([&] { work(scene); }), 0);
}

// The kernel's frames, both ways: what enters it is the host thread's.
void work_for_host(HostScene& host) {
  while (host.worker.poll_once()) {
  }
}

void deliver_for_host(HostScene& host) {
  for (size_t i = 0; i < kHostBurst; ++i) {
    host.scene.deliver(to_kernel());
    host.kernels[1].sends.push_back(from_kernel());
  }
  host.thread.poll_once();
}

TEST(HotLoop, AllocatesNothingForTheKernel) {
  if (!counts_allocations()) GTEST_SKIP() << "a sanitizer has its own heap";
  HostScene host("hot_hosta");
  const auto table = host.make_table(1);
  host.adopt(table);
  deliver_for_host(host);
  const uint64_t before = allocations();
  work_for_host(host);
  EXPECT_EQ(allocations(), before);
  EXPECT_EQ(host.count(Reason::host_unicast), kHostBurst);
  EXPECT_EQ(host.count(1, dataplane::HostReason::sent), kHostBurst);
}

TEST(HotLoop, HandsFramesToTheKernelWithoutEnteringIt) {
  if (ending_without_kernel([] {}) == -1) GTEST_SKIP() << "this kernel has no seccomp";
  HostScene host("hot_host");
  const auto table = host.make_table(1);
  host.adopt(table);
  deliver_for_host(host);
  EXPECT_EQ(ending_without_kernel([&] { work_for_host(host); }), 0);
}

}  // namespace
}  // namespace carp::dpdk
