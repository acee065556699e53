# SPDX-License-Identifier: BSD-3-Clause
"""Failover while the worker is saturated: how long a table takes from the decision until the worker
answers by it, for one virtual host and for 255 at once, and how late advertisements are meanwhile.

4,000 addresses of 255 virtual hosts on 16 VLANs; requests for all of them come as fast as the
worker takes them. The appliance measures itself (`show statistics`); an operator makes it switch.
"""

import json
import time
from dataclasses import dataclass

import captures
import contest
import program

SINGLE_SWITCHES = 400
COMMON_SWITCHES = 300
LOAD = captures.LARGE


@dataclass
class Failover:
    one: dict  # table switches of one virtual host: count, p50_us, p99_us, p999_us, max_us
    all: dict  # of 255 at once
    tables_for_all: float  # made for one change of 255
    late: dict  # advertisements, meanwhile


def start(place, name):
    """MASTER of all, at an operator's word; control alone on its core."""
    started = contest.start_appliance(place, name, LOAD, advbase=1)
    program.isolate(started.process.pid, place.worker_cpu)
    return started, place.path(name + ".sock")


def times(socket):
    return json.loads(program.console(socket, ["show statistics json"]))["times"]


def tables(socket):
    return contest.worker_of(socket)["table_generation"]


def switch_one(place):
    started, socket = start(place, "switch one")
    try:
        for number in range(SINGLE_SWITCHES):
            state = "master" if number % 2 else "backup"
            program.console(socket, [f"ifconfig carp{number // 2 % LOAD.vhosts} state {state}"])
            time.sleep(0.02)
        return times(socket)
    finally:
        started.close()


def switch_all(place):
    """INIT and BACKUP in turns: each time 255 change their state at once."""
    started, socket = start(place, "switch all")
    try:
        before = tables(socket)
        for number in range(COMMON_SWITCHES):
            program.console(socket, [f"sysctl net.inet.carp.allow={number % 2}"])
            time.sleep(0.02)
        return times(socket), (tables(socket) - before) / COMMON_SWITCHES
    finally:
        started.close()


def measure(place):
    one = switch_one(place)
    for_all, tables_for_all = switch_all(place)
    return Failover(one["table_switch"], for_all["table_switch"], tables_for_all,
                    one["late_adverts"])
