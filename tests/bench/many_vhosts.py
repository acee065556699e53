# SPDX-License-Identifier: BSD-3-Clause
"""What control takes for 4,080 virtual hosts (255 vhids on 16 VLANs of one port) that all advertise
once a second as MASTER, and how late its advertisements are.

Busy is the CPU time of control's thread, as the kernel books it (schedstat), beside the wall clock:
with `idle = sleep` it sleeps whenever nothing is due.
"""

import json
import os
import time
from dataclasses import dataclass

import captures
import program

VHIDS, INTERFACES = 255, 16
SECONDS = 20


@dataclass
class ManyVhosts:
    busy: float  # 0 to 1, with all virtual hosts
    us_per_vhost: float  # CPU time a second for each, over that of one alone
    late: dict  # of advertisements since the start: count, p50_us, p99_us, p999_us, max_us
    refused: int  # frames that ports or rings did not take


def configuration(socket, vhids, interfaces):
    lines = ["[workers]", "idle = sleep", "[control]", "listen = off", f"socket = {socket}",
             "[global]", f"state_dir = {socket}.state"]
    for interface in range(interfaces):
        lines += [f"[interface lan{interface}]", "port = net_pcap0", "rx_descriptors = 8192",
                  f"vlan = {captures.FIRST_VLAN + interface}", f"address = 10.{interface}.0.1/16"]
    for interface in range(interfaces):
        for vhid in range(1, vhids + 1):
            lines += [f"[carp{interface * vhids + vhid}]", f"interface = lan{interface}",
                      f"vhid = {vhid}", "advbase = 1", "pass = bench",
                      f"address = 10.{interface}.1.{vhid}/16"]
    return "\n".join(lines) + "\n"


def start(place, name, vhids, interfaces):
    """An appliance that became MASTER of all by itself, and its console."""
    socket, config = place.path(name + ".sock"), place.path(name + ".ini")
    with open(os.open(config, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w",
              encoding="ascii") as file:
        file.write(configuration(socket, vhids, interfaces))
    started = place.start(name, lambda eal: program.appliance(place.binary, eal, config),
                          place.capture(captures.SMALL))
    try:
        started.wait_for("its console answered", lambda: os.path.exists(socket))
        program.isolate(started.process.pid, place.worker_cpu)
        started.wait_for("it advertised for all",
                         lambda: opackets(socket) >= 2 * vhids * interfaces)
    except BaseException:
        started.close()
        raise
    return started, socket


def statistics(socket):
    return json.loads(program.console(socket, ["show statistics json"]))


def opackets(socket):
    time.sleep(0.1)
    try:
        return statistics(socket)["carp"]["opackets"]
    except (OSError, ValueError):
        return 0


def cpu_s(process):
    """Of the thread that was there first: control's."""
    with open(f"/proc/{process.pid}/task/{process.pid}/schedstat", encoding="ascii") as schedstat:
        return int(schedstat.read().split()[0]) / 1e9


def busy(place, name, vhids, interfaces):
    started, socket = start(place, name, vhids, interfaces)
    try:
        cpu, clock = cpu_s(started.process), time.monotonic()
        time.sleep(SECONDS)
        ratio = (cpu_s(started.process) - cpu) / (time.monotonic() - clock)
        return ratio, statistics(socket)
    finally:
        started.close()


def measure(place):
    alone, _ = busy(place, "one vhost", 1, 1)
    ratio, told = busy(place, "many vhosts", VHIDS, INTERFACES)
    return ManyVhosts(ratio, (ratio - alone) * 1e6 / (VHIDS * INTERFACES),
                      told["times"]["late_adverts"],
                      told["carp"]["oerrors"] + told["carp"]["onomem"])
