#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""What it costs that one worker hands frames to another, and whether it pays.

  sudo tests/bench/spread.py BUILD_DIRECTORY      with handover_cost and handover_rate built in it
"""

import os
import re
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass

import captures

# How handover_rate sends, and when it hands over.
RATES = {"fast": ("auto", "fast"), "fast, always": ("always", "fast"), "slow": ("auto", "slow")}


@dataclass(frozen=True)
class Rate:
    helped: float  # answers with a helper, to those without
    share: float  # of the frames that the helper had


@dataclass(frozen=True)
class Spread:
    cycles: dict  # a frame, by part of the work
    rates: dict  # by RATES

    @property
    def giver(self):
        """Cycles a frame that handing over costs the giver."""
        return (self.cycles["giver_give"] + self.cycles["giver_refill"]
                - self.cycles["alone_refill"])

    @property
    def taker(self):
        """Cycles a frame that the taker pays beyond what it costs to answer a frame of its own."""
        return self.cycles["taker_take"] + sum(
            self.cycles["taker_" + part] - self.cycles["alone_" + part]
            for part in ("answer", "free"))

    @property
    def alone(self):
        """Cycles a frame of the same work without handing over, but for the driver's."""
        return sum(self.cycles["alone_" + part] for part in ("refill", "answer", "free"))


def run(build, name, *arguments):
    """The NAME=NUMBER pairs that a program prints."""
    told = subprocess.run([os.path.join(build, "tests/bench", name), *map(str, arguments)],
                          capture_output=True, text=True, check=False)
    if told.returncode != 0:
        raise RuntimeError(f"{name} failed:\n{told.stdout}{told.stderr}")
    return {key: float(value) for key, value in re.findall(r"(\w+)=([\d.]+)", told.stdout)}


def measure(build, giver_cpu, taker_cpu, rounds=3):
    parts = [run(build, "handover_cost", giver_cpu, taker_cpu) for _ in range(rounds)]
    rates = {}
    with tempfile.TemporaryDirectory(prefix="carp-bench.") as folder:
        capture = os.path.join(folder, "small.pcap")
        captures.write_requests(captures.SMALL, capture)
        for name, arguments in RATES.items():
            told = run(build, "handover_rate", giver_cpu, taker_cpu, capture, *arguments)
            rates[name] = Rate(told["helped"], told["share"])
    return Spread({part: statistics.median(told[part] for told in parts) for part in parts[0]},
                  rates)


def table_of(spread):
    lines = [f"handing over, cycles a frame: giver {spread.giver:.0f}, taker {spread.taker:.0f}; "
             f"refill, answer and free alone {spread.alone:.0f}"]
    for name, rate in spread.rates.items():
        lines.append(f"with a helper, transmission {name}: {rate.helped:.2f} of the answers "
                     f"without; it had {rate.share:.0%} of the frames")
    return "\n".join(lines)


def main():
    cpus = sorted(os.sched_getaffinity(0))
    if len(sys.argv) != 2 or os.geteuid() != 0 or len(cpus) < 2:
        sys.exit("usage: sudo tests/bench/spread.py BUILD_DIRECTORY; needs two CPUs")
    print(table_of(measure(sys.argv[1], cpus[-2], cpus[-1])))


if __name__ == "__main__":
    main()
