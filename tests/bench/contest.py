# SPDX-License-Identifier: BSD-3-Clause
"""One round of scripts/bench: all programs started, then turns one after the other on one core."""

import json
import os
import re
import statistics
import time
from dataclasses import dataclass, field

import captures
import pages
import program

TESTPMD_MODES = ["io", "macswap", "icmpecho"]
# Name of the contestant, and what it answers; all but these have the small load.
LOADS = {"carp": captures.SMALL, "carp tagged": captures.TAGGED, "carp large": captures.LARGE}
# Longer than any round: an appliance that is stopped for the turns of others is MASTER still.
ADVBASE = 255


@dataclass(frozen=True)
class Place:
    binary: str  # dpdk-carp
    folder: str  # for what the programs read and write
    main_cpu: int
    worker_cpu: int
    pages: str = pages.SMALL  # the EAL's option

    def path(self, name):
        return os.path.join(self.folder, name.replace(" ", "-"))

    def start(self, name, make_arguments, capture, worker_cpus=None, ports=1):
        """`make_arguments` gets those for the EAL. A worker for each of `worker_cpus`."""
        worker_cpus = worker_cpus or [self.worker_cpu]
        prefix = f"carp-bench-{os.getpid()}-{name.replace(' ', '-')}"
        eal = program.eal_options(prefix, capture, [self.main_cpu, *worker_cpus], self.pages, ports)
        started = program.Program(name, make_arguments(eal), prefix, len(worker_cpus), ports,
                                  self.path(name + ".log"))
        try:
            started.connect()
        except BaseException:
            started.close()
            raise
        return started

    def capture(self, load):
        path = self.path(load.name + ".pcap")
        if not os.path.exists(path):
            captures.write_requests(load, path)
        return path


@dataclass
class Round:
    rates: dict = field(default_factory=dict)  # frames a second, by contestant
    busy: float = 0  # of the appliance's worker under this load


def start_testpmd(place, mode, name=None, worker_cpus=None, ports=1):
    workers = len(worker_cpus or [place.worker_cpu])
    return place.start(name or mode, lambda eal: program.testpmd(mode, eal, workers, ports),
                       place.capture(captures.SMALL), worker_cpus, ports)


def start_appliance(place, name, load, worker_cpus=None, advbase=ADVBASE, ports=1, idle="poll"):
    """As MASTER of everything, at an operator's word."""
    vhosts = load.vhosts * ports
    socket = place.path(name + ".sock")
    config = place.path(name + ".ini")
    with open(os.open(config, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w",
              encoding="ascii") as file:
        file.write(captures.configuration(load, socket, advbase, ports, idle))
    started = place.start(name, lambda eal: program.appliance(place.binary, eal, config),
                          place.capture(load), worker_cpus, ports)
    try:
        started.wait_for("its console answered", lambda: answers(socket))
        program.console(socket, [f"ifconfig carp{vhost} state master" for vhost in range(vhosts)])
        started.wait_for("it was MASTER of all", lambda: masters(socket) == vhosts)
    except BaseException:
        started.close()
        raise
    return started


def answers(socket):
    """False also for the socket that the last round's program left behind."""
    try:
        return program.console(socket, ["show version"])
    except OSError:
        return False


def masters(socket):
    vhosts = json.loads(program.console(socket, ["show vhosts json"]))["vhosts"]
    return sum(vhost["state"] == "MASTER" for vhost in vhosts)


def worker_of(socket):
    """What `show workers` says of the first."""
    return json.loads(program.console(socket, ["show workers json"]))["workers"][0]


def reject_unanswered(socket):
    """A rate of refusals is no rate of replies: nearly all frames must have been answered."""
    worker = worker_of(socket)
    waiting = sum(worker["dropped"].get(reason, 0) for reason in ("no_table", "not_master"))
    answered = worker["arp_replies"]
    if answered < 0.99 * (worker["received"] - waiting):
        raise RuntimeError(f"not every request was answered: {re.sub(' +', ' ', str(worker))}")


def play_round(place, turns, seconds):
    players = []
    try:
        for mode in TESTPMD_MODES:
            players.append(start_testpmd(place, mode))
            players[-1].pause()
        for name, load in LOADS.items():
            players.append(start_appliance(place, name, load))
            players[-1].pause()
        return look_back(place, players, take_turns(players, turns, seconds))
    finally:
        for player in players:
            player.close()


def take_turns(players, turns, seconds):
    """The median rate of each, by name. Requires: all are paused."""
    rates = {player.name: [] for player in players}
    for player in players:
        player.find_workers()
    for turn in range(turns):
        # There and back, so that nobody always follows the same one.
        for player in players if turn % 2 == 0 else reversed(players):
            rates[player.name].append(player.turn(seconds))
    return {name: statistics.median(of_one) for name, of_one in rates.items()}


def look_back(place, players, rates):
    """Whether the appliances answered, and how busy their worker says it was."""
    result = Round(rates)
    for player in players:
        if player.name not in LOADS:
            continue
        player.resume()
        if player.name == "carp":
            time.sleep(2.5)  # busy is of the last whole second
            result.busy = worker_of(place.path("carp.sock"))["busy"]
        reject_unanswered(place.path(player.name + ".sock"))
        player.pause()
    return result
