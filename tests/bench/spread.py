# SPDX-License-Identifier: BSD-3-Clause
"""What it costs that one worker hands frames to another, and whether it pays."""

import os
import re
import statistics
import subprocess
import tempfile

import captures

# How handover_rate sends, and when it hands over.
RATES = {"fast": ("auto", "fast"), "fast, always": ("always", "fast"), "slow": ("auto", "slow")}


def run(build, name, *arguments):
    """The NAME=NUMBER pairs that a program prints."""
    told = subprocess.run([os.path.join(build, "tests/bench", name), *map(str, arguments)],
                          capture_output=True, text=True, check=False)
    if told.returncode != 0:
        raise RuntimeError(f"{name} failed:\n{told.stdout}{told.stderr}")
    return {key: float(value) for key, value in re.findall(r"(\w+)=([\d.]+)", told.stdout)}


def measure(build, giver_cpu, taker_cpu, rounds=3):
    """`cycles`: of a frame, by part of the work. `rates`: by RATES, `helped` (answers with a helper,
    to those without) and `share` (of the frames that the helper had).
    """
    parts = [run(build, "handover_cost", giver_cpu, taker_cpu) for _ in range(rounds)]
    cycles = {part: statistics.median(told[part] for told in parts) for part in parts[0]}
    rates = {}
    with tempfile.TemporaryDirectory(prefix="carp-bench.") as folder:
        capture = os.path.join(folder, "small.pcap")
        captures.write_requests(captures.SMALL, capture)
        for name, arguments in RATES.items():
            rates[name] = run(build, "handover_rate", giver_cpu, taker_cpu, capture, *arguments)
    return {"cycles": cycles, "rates": rates}


def table_of(told):
    cycles = told["cycles"]
    giver = cycles["giver_give"] + cycles["giver_refill"] - cycles["alone_refill"]
    # Beyond what it costs to answer a frame of its own.
    taker = cycles["taker_take"] + sum(cycles["taker_" + part] - cycles["alone_" + part]
                                       for part in ("answer", "free"))
    # The same work without handing over, but for the driver's.
    alone = sum(cycles["alone_" + part] for part in ("refill", "answer", "free"))
    lines = [f"handing over, cycles a frame: giver {giver:.0f}, taker {taker:.0f}; "
             f"refill, answer and free alone {alone:.0f}"]
    for name, rate in told["rates"].items():
        lines.append(f"with a helper, transmission {name}: {rate['helped']:.2f} of the answers "
                     f"without; it had {rate['share']:.0%} of the frames")
    return "\n".join(lines)
