// SPDX-License-Identifier: BSD-3-Clause
#include "lib/dpdk/topology.h"

#include <gtest/gtest.h>

#include <set>

namespace carp::dpdk {
namespace {

struct PlanRow {
  const char* sentence;
  uint16_t rx_max;
  uint16_t tx_max;
  uint16_t queues_max;
  ReceiveQueues receive;
  bool equal;
  unsigned workers;
  QueuePlan plan;
};

TEST(QueuePlan, Rows) {
  constexpr auto kWorkers = ReceiveQueues::workers;
  constexpr auto kAll = ReceiveQueues::all;
  for (const PlanRow& row : {
           PlanRow{"one of each: control borrows", 1, 1, 16, kWorkers, false, 4, {1, 1, 1, false}},
           PlanRow{"a transmit queue to spare", 1, 2, 16, kWorkers, false, 4, {1, 2, 1, true}},
           PlanRow{"workers limit", 8, 8, 16, kWorkers, false, 2, {2, 3, 2, true}},
           PlanRow{"the profile limits", 8, 8, 1, kWorkers, false, 4, {1, 2, 1, true}},
           PlanRow{"the device limits", 3, 8, 16, kWorkers, false, 4, {3, 4, 3, true}},
           PlanRow{"as many workers as transmit queues",
                   4,
                   4,
                   16,
                   kWorkers,
                   false,
                   4,
                   {4, 4, 4, false}},
           PlanRow{
               "few transmit queues: few owners", 8, 2, 16, kWorkers, false, 4, {4, 2, 2, false}},
           PlanRow{"all queues for one worker", 4, 4, 1, kAll, false, 1, {4, 2, 1, true}},
           PlanRow{"all queues, fewer workers", 4, 4, 1, kAll, false, 3, {4, 4, 3, true}},
           PlanRow{"tap: equal numbers", 16, 16, 16, kWorkers, true, 2, {2, 2, 2, false}},
           PlanRow{"tap, fewer to send on", 16, 1, 16, kWorkers, true, 2, {1, 1, 1, false}},
       }) {
    DriverProfile profile = default_profile("net_x");
    profile.queues_max = row.queues_max;
    profile.receive = row.receive;
    profile.equal_queues = row.equal;
    EXPECT_EQ(plan_queues({row.rx_max, row.tx_max}, profile, row.workers), row.plan)
        << row.sentence;
  }
}

TEST(Topology, QueueQOfPortIGoesToWorkerIPlusQ) {
  const PortQueues ports[] = {{5, {2, 3, 2, true}}, {6, {1, 1, 1, false}}, {7, {3, 3, 3, false}}};
  const Topology topology = plan_topology(ports, 3);
  using Queues = std::vector<OwnedQueue>;
  EXPECT_EQ(topology.workers[0], (Queues{{5, 0, 0}, {7, 1, 1}}));
  EXPECT_EQ(topology.workers[1], (Queues{{5, 1, 1}, {6, 0, 0}, {7, 2, 2}}));
  EXPECT_EQ(topology.workers[2], (Queues{{7, 0, 0}}));
  EXPECT_EQ(topology.control[0], (ControlRoute{5, 2, std::nullopt}));
  EXPECT_EQ(topology.control[1], (ControlRoute{6, 0, 1}));
  EXPECT_EQ(topology.control[2], (ControlRoute{7, 0, 2}));
}

TEST(Topology, SpareWorkersHaveNoQueue) {
  const PortQueues port{0, {1, 1, 1, false}};
  const Topology topology = plan_topology({&port, 1}, 3);
  EXPECT_EQ(topology.workers[0].size(), 1U);
  EXPECT_TRUE(topology.workers[1].empty());
  EXPECT_TRUE(topology.workers[2].empty());
}

TEST(Topology, OwnersOfAPortHelpEachOtherBeginningWithTheNext) {
  const PortQueues ports[] = {{5, {2, 3, 2, true}}, {6, {1, 1, 1, false}}, {7, {3, 3, 3, false}}};
  using Ways = std::vector<Handover>;
  EXPECT_EQ(plan_handovers(plan_topology(ports, 3)), (Ways{{5, 0, 1, 1},
                                                           {5, 1, 0, 0},
                                                           {7, 0, 1, 2},
                                                           {7, 0, 2, 0},
                                                           {7, 1, 2, 0},
                                                           {7, 1, 0, 1},
                                                           {7, 2, 0, 1},
                                                           {7, 2, 1, 2}}));
}

// Several receive queues of one worker are one place to hand over to.
TEST(Topology, HelpsOnceForAllQueuesOfAPort) {
  const PortQueues port{5, {4, 2, 2, false}};
  EXPECT_EQ(plan_handovers(plan_topology({&port, 1}, 2)),
            (std::vector<Handover>{{5, 0, 1, 1}, {5, 1, 0, 0}}));
}

TEST(Topology, NobodyHelpsWhereOneWorkerOwnsThePort) {
  const PortQueues ports[] = {{5, {1, 2, 1, true}}, {6, {1, 1, 1, false}}};
  EXPECT_TRUE(plan_handovers(plan_topology(ports, 3)).empty());
  const PortQueues wide{7, {4, 2, 1, true}};
  EXPECT_TRUE(plan_handovers(plan_topology({&wide, 1}, 1)).empty());
}

// For all small machines: each receive queue has exactly one worker, each transmit queue one
// thread, and control gets to every port.
TEST(Topology, NoQueueHasTwoThreads) {
  for (unsigned workers = 1; workers <= 5; ++workers) {
    for (unsigned shape = 0; shape < 2U * 2 * 6 * 6; ++shape) {
      DriverProfile profile = default_profile("net_x");
      profile.queues_max = 4;
      profile.receive = shape % 2 == 0 ? ReceiveQueues::workers : ReceiveQueues::all;
      profile.equal_queues = shape / 2 % 2 == 1;
      const QueueLimits limits{static_cast<uint16_t>(shape / 4 % 6 + 1),
                               static_cast<uint16_t>(shape / 24 % 6 + 1)};
      const QueuePlan plan = plan_queues(limits, profile, workers);
      SCOPED_TRACE(testing::Message() << "workers " << workers << " shape " << shape);
      EXPECT_LE(plan.rx_queues, limits.rx_queues_max);
      EXPECT_LE(plan.tx_queues, limits.tx_queues_max);
      EXPECT_TRUE(!profile.equal_queues || plan.rx_queues == plan.tx_queues);
      const PortQueues ports[] = {{0, plan}, {1, plan}};
      const Topology topology = plan_topology(ports, workers);
      std::set<std::pair<unsigned, unsigned>> received;
      std::set<std::tuple<unsigned, unsigned, unsigned>> senders;  // port, queue, thread
      for (unsigned worker = 0; worker < workers; ++worker) {
        for (const OwnedQueue& queue : topology.workers[worker]) {
          EXPECT_TRUE(received.insert({queue.port, queue.rx_queue}).second);
          senders.insert({queue.port, queue.tx_queue, worker});
        }
      }
      EXPECT_EQ(received.size(), 2U * plan.rx_queues);
      // Whoever takes frames of a port sends on a queue that is its own already.
      const auto ways = plan_handovers(topology);
      EXPECT_EQ(ways.size(), 2U * plan.owners * (plan.owners - 1U));
      for (const Handover& way : ways) {
        EXPECT_NE(way.giver, way.taker);
        EXPECT_EQ(senders.count({way.port, way.tx_queue, way.taker}), 1U);
      }
      for (const ControlRoute& route : topology.control) {
        senders.insert({route.port, route.tx_queue, route.worker.value_or(~0U)});
      }
      std::set<std::pair<unsigned, unsigned>> queues;
      for (const auto& [port, queue, thread] : senders) {
        EXPECT_TRUE(queues.insert({port, queue}).second);
        EXPECT_LT(queue, plan.tx_queues);
      }
    }
  }
}

}  // namespace
}  // namespace carp::dpdk
