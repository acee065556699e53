# SPDX-License-Identifier: BSD-3-Clause
"""What the way through dpdk-carp costs the host's own traffic: iperf3 and ping over one veth, with
the server's kernel on a host interface beside the port (`host = tap`), and with its addresses on the
veth itself. Checksums and segments are made by the kernels in both cases, for a port sees frames.
"""

import json
import os
import re
import statistics
import subprocess
import time
from dataclasses import asdict, dataclass

START_S_MAX = 60
SECONDS = 3
PINGS = 300
CONFIG = """[interface lan0]
port = net_af_packet0
address = 192.168.1.3/24
host = tap
[workers]
idle = {idle}
[control]
listen = off
socket = {socket}
[global]
state_dir = {folder}
"""


@dataclass
class Path:
    to_host_mbit: float
    from_host_mbit: float
    rtt_us: float


class Wire:
    """Two namespaces and a veth between them."""

    def __init__(self):
        self.client, self.server = f"carp-bench-c-{os.getpid()}", f"carp-bench-s-{os.getpid()}"

    def __enter__(self):
        for space in (self.client, self.server):
            run("ip", "netns", "add", space)
            run("ip", "-n", space, "link", "set", "lo", "up")
        run("ip", "-n", self.client, "link", "add", "eth0", "type", "veth", "peer", "name", "fxp0",
            "netns", self.server)
        for space, name in ((self.client, "eth0"), (self.server, "fxp0")):
            run("ip", "-n", space, "link", "set", name, "up")
            run(*on(space), "ethtool", "-K", name, "tx", "off", "gro", "off")
        run("ip", "-n", self.client, "address", "add", "192.168.1.100/24", "dev", "eth0")
        return self

    def __exit__(self, *_):
        for space in (self.client, self.server):
            subprocess.run(["ip", "netns", "del", space], check=False)


def on(space):
    return ["ip", "netns", "exec", space]


def run(*arguments):
    told = subprocess.run(arguments, capture_output=True, text=True, check=False)
    if told.returncode != 0:
        raise RuntimeError(f"{' '.join(arguments)} failed:\n{told.stdout}{told.stderr}")
    return told.stdout


def wait_until(what, condition):
    end = time.monotonic() + START_S_MAX
    while not condition():
        if time.monotonic() > end:
            raise RuntimeError(f"took too long until {what}")
        time.sleep(0.05)


def answers(wire):
    return subprocess.run([*on(wire.client), "ping", "-c1", "-W1", "192.168.1.3"],
                          stdout=subprocess.DEVNULL, check=False).returncode == 0


def mbit(wire, *options):
    told = json.loads(run(*on(wire.client), "iperf3", "-J", "-c", "192.168.1.3", "-t", str(SECONDS),
                          *options))
    return told["end"]["sum_received"]["bits_per_second"] / 1e6


def rtt_us(wire):
    told = run(*on(wire.client), "ping", "-n", "-c", str(PINGS), "-i", "0.002", "192.168.1.3")
    return statistics.median(float(ms) * 1000 for ms in re.findall(r"time=([\d.]+) ms", told))


def measure_path(wire):
    wait_until("the server answered", lambda: answers(wire))
    with subprocess.Popen([*on(wire.server), "iperf3", "-s"], stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL) as server:
        try:
            time.sleep(1)
            return Path(mbit(wire), mbit(wire, "-R"), rtt_us(wire))
        finally:
            server.terminate()


def plain():
    with Wire() as wire:
        run("ip", "-n", wire.server, "address", "add", "192.168.1.3/24", "dev", "fxp0")
        return measure_path(wire)


def through(place, idle):
    folder = place.path("host")
    os.makedirs(folder, exist_ok=True)
    config = os.path.join(folder, "carp.ini")
    with open(config, "w", encoding="ascii") as file:
        file.write(CONFIG.format(idle=idle, socket=os.path.join(folder, "sock"), folder=folder))
    with Wire() as wire, open(os.path.join(folder, "log"), "wb") as log:
        run(*on(wire.server), "sysctl", "-qw", "net.ipv4.conf.fxp0.rp_filter=1")
        command = [*on(wire.server), place.binary, "--lcores",
                   f"0@{place.main_cpu},1@{place.worker_cpu}", "--no-huge", "-m", "128", "--no-pci",
                   "--no-telemetry", "--no-shconf", "--file-prefix", f"carp-host-{os.getpid()}",
                   "--vdev", "net_af_packet0,iface=fxp0", "--", "--config", config]
        with subprocess.Popen(command, stdout=log, stderr=log) as carp:
            try:
                return measure_path(wire)
            finally:
                carp.terminate()


def measure(place):
    """By name: the same wire alone, and through dpdk-carp."""
    paths = {"veth": plain(), "poll": through(place, "poll"), "sleep": through(place, "sleep")}
    return {name: asdict(path) for name, path in paths.items()}


def table_of(paths):
    veth = paths["veth"]
    lines = []
    for idle in ("poll", "sleep"):
        ways = [f"{way} the host {paths[idle][key] / veth[key]:.2f} ({paths[idle][key]:.0f} Mbit/s)"
                for way, key in (("to", "to_host_mbit"), ("from", "from_host_mbit"))]
        lines.append(f"host = tap, idle = {idle}, to the same veth alone: {', '.join(ways)}; round "
                     f"trip {paths[idle]['rtt_us']:.0f} us to {veth['rtt_us']:.0f} us")
    return "\n".join(lines)
