# SPDX-License-Identifier: BSD-3-Clause
"""Two workers with a queue each beside one worker with one, for the appliance and for testpmd.

Two queues of two ports, and of one: net_pcap keeps what it reads of a queue for each frame on the
line on which it counts the frames of the next queue.

One worker is measured on either CPU, since they are seldom equal. The main lcore shares the first
of them with a worker: it sleeps (`idle = sleep`, which a worker with work never does), and what it
takes is taken off, as all time in the run queue is.
"""

import statistics
from dataclasses import dataclass

import captures
import contest


@dataclass
class Scaling:
    """Rates of two workers to that of one."""
    carp: float  # each with a port of its own
    io: float
    carp_one_port: float
    io_one_port: float


def ratio_of(start, name, cpus, turns, seconds):
    """`start` gets a name and the CPUs of the workers."""
    players = []
    try:
        for suffix, of_it in (("first", cpus[:1]), ("second", cpus[1:]), ("both", cpus)):
            players.append(start(f"{name} {suffix}", of_it))
            players[-1].pause()
        rates = contest.take_turns(players, turns, seconds)
    finally:
        for player in players:
            player.close()
    return rates[f"{name} both"] / statistics.mean([rates[f"{name} first"], rates[f"{name} second"]])


def play_round(place, turns, seconds):
    cpus = [place.main_cpu, place.worker_cpu]

    def carp(ports):
        return ratio_of(lambda name, of_it: contest.start_appliance(
            place, name, captures.SMALL, of_it, ports=min(ports, len(of_it)), idle="sleep"),
                        "carp", cpus, turns, seconds)

    def io(ports):
        return ratio_of(lambda name, of_it: contest.start_testpmd(
            place, "io", name, of_it, ports=min(ports, len(of_it))), "io", cpus, turns, seconds)

    return Scaling(carp=carp(2), io=io(2), carp_one_port=carp(1), io_one_port=io(1))
