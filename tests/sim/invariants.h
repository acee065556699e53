// SPDX-License-Identifier: BSD-3-Clause
//
// The invariants, each in a file of its own name.
#pragma once

#include <memory>

#include "tests/sim/invariant.h"

namespace carp::sim {

// Every timer is armed, generations grow, nobody sends bursts (D21).
[[nodiscard]] std::unique_ptr<Invariant> order_in_the_engine(World& world);
// Nothing leaves as MASTER but under a lease, and nothing after a bow out (D4, D22).
[[nodiscard]] std::unique_ptr<Invariant> silence_of_others(World& world);
// Nobody becomes MASTER without the cause that he names, nobody waits longer (C71 to C74, D4).
[[nodiscard]] std::unique_ptr<Invariant> causes_of_takeover(World& world);
// On a wire that works, two hosts do not answer for one vhid for longer than it takes to speak.
[[nodiscard]] std::unique_ptr<Invariant> one_master(World& world);
// What is refused changes nothing, what is genuine is accepted, no recording passes twice (D11).
[[nodiscard]] std::unique_ptr<Invariant> refusals(World& world);
// A client that asks gets one answer, from the slot that is his (C110).
[[nodiscard]] std::unique_ptr<Invariant> one_answer(World& world);
// A host says in time that it is a member of the CARP group, and nothing that it has no business
// with (I6.5).
[[nodiscard]] std::unique_ptr<Invariant> membership_told(World& world);
// What is handed over is taken over, demotion follows its causes, and a password that changes host
// by host moves nobody (I2.8, I2.13, I3.5).
[[nodiscard]] std::unique_ptr<Invariant> planned_work(World& world);
// When the faults are over one is MASTER, the right one, and it stays so.
[[nodiscard]] std::unique_ptr<Invariant> agreement(World& world);

}  // namespace carp::sim
