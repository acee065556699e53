# SPDX-License-Identifier: BSD-3-Clause
"""Failover while the worker is saturated: how long a table takes from the decision until the worker
answers by it, for one virtual host and for 255 at once, and how late advertisements are meanwhile.

4,000 addresses of 255 virtual hosts on 16 VLANs; requests for all of them come as fast as the
worker takes them. The appliance measures itself (`show statistics`); an operator makes it switch.
"""

import json
import os
import time
from dataclasses import dataclass

import captures
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
    socket, config = place.path(name + ".sock"), place.path(name + ".ini")
    with open(os.open(config, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w",
              encoding="ascii") as file:
        file.write(captures.configuration(LOAD, socket, advbase=1))
    started = place.start(name, lambda eal: program.appliance(place.binary, eal, config),
                          place.capture(LOAD))
    try:
        started.wait_for("its console answered", lambda: os.path.exists(socket))
        program.isolate(started.process.pid, place.worker_cpu)
        started.wait_for("it was MASTER of all", lambda: masters(socket) == LOAD.vhosts)
    except BaseException:
        started.close()
        raise
    return started, socket


def ask(socket, topic):
    return json.loads(program.console(socket, [f"show {topic} json"]))[topic]


def masters(socket):
    time.sleep(0.1)
    try:
        return sum(vhost["state"] == "MASTER" for vhost in ask(socket, "vhosts"))
    except (OSError, ValueError):
        return 0


def times(socket):
    return json.loads(program.console(socket, ["show statistics json"]))["times"]


def tables(socket):
    return ask(socket, "workers")[0]["table_generation"]


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
