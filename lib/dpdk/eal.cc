// SPDX-License-Identifier: BSD-3-Clause
#include "lib/dpdk/eal.h"

#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_launch.h>
#include <rte_lcore.h>

#include <cassert>
#include <cerrno>

#include "lib/dpdk/privilege.h"
#include "lib/dpdk/start_error.h"

namespace carp::dpdk {
namespace {

// The EAL has already logged what it tripped over; this line says what to do about it.
[[nodiscard]] StartError explain(int error) {
  const std::string what = std::string("EAL: ") + rte_strerror(error) + ": ";
  switch (error) {
    case EINVAL: return {ExitCode::usage, what + "check the EAL options (those before --)"};
    case EACCES:
    case EPERM:
      // The EAL reports missing hugepages in the same way, and root may use whatever is there.
      if (may_administer_system()) {
        return {ExitCode::unavailable,
                "EAL: no hugepages: reserve some (scripts/setup-hugepages) or give --no-huge"};
      }
      return {ExitCode::permission,
              what + "hugepages, /dev/vfio and ports need root, or give --no-huge"};
    case EALREADY: return {ExitCode::internal, what + "it was started before in this process"};
    case ENOMEM:
      return {ExitCode::unavailable, what + "reserve more hugepages, or give a smaller -m"};
    case EAGAIN:
    case EBUSY:
      return {ExitCode::unavailable, what + "another program of the same --file-prefix runs"};
    default: return {ExitCode::unavailable, what + "see the EAL lines above"};
  }
}

void start(std::vector<std::string> arguments) {
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  const int argc = static_cast<int>(arguments.size());
  const int parsed = rte_eal_init(argc, argv.data());
  if (parsed < 0) throw explain(rte_errno);
  // The EAL sorts what is no option to the end and leaves it to us.
  if (parsed + 1 < argc) {
    throw StartError(ExitCode::usage, "EAL: unexpected argument " + std::string(argv[parsed + 1]) +
                                          ": EAL options come first, then --, then --config");
  }
}

[[nodiscard]] std::vector<unsigned> worker_lcores() {
  std::vector<unsigned> lcores;
  unsigned lcore = 0;
  RTE_LCORE_FOREACH_WORKER(lcore) { lcores.push_back(lcore); }
  return lcores;
}

int run_job(void* job) {
  (*static_cast<std::function<void()>*>(job))();
  return 0;
}

}  // namespace

Eal::Eal(const std::vector<std::string>& arguments) : jobs_(RTE_MAX_LCORE) {
  assert(!arguments.empty());
  start(arguments);
  lcores_ = worker_lcores();
  if (lcores_.empty() || lcores_.size() > kMaxWorkers) {
    const std::string count = std::to_string(lcores_.size());
    rte_eal_cleanup();
    throw StartError(ExitCode::usage, "EAL: " + count + " worker lcores, 1 to " +
                                          std::to_string(kMaxWorkers) +
                                          " are needed besides the main one: give -l or --lcores");
  }
}

Eal::~Eal() {
  wait();
  rte_eal_cleanup();
}

void Eal::launch(unsigned lcore, std::function<void()> job) {
  assert(rte_eal_get_lcore_state(lcore) == WAIT);
  jobs_[lcore] = std::move(job);
  [[maybe_unused]] const int launched = rte_eal_remote_launch(run_job, &jobs_[lcore], lcore);
  assert(launched == 0);
}

void Eal::wait() { rte_eal_mp_wait_lcore(); }

}  // namespace carp::dpdk
