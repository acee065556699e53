# SPDX-License-Identifier: BSD-3-Clause
"""Instructions that a reply takes, and an event of control: the figures that no noise can touch."""

import os
import re
import subprocess
import tempfile
from dataclasses import dataclass


@dataclass
class Cost:
    instructions: float  # for one reply
    table_bytes: int


def count(arguments, function):
    """Instructions inside `function` (a pattern) while the program runs, and what it prints."""
    with tempfile.TemporaryDirectory(prefix="carp-bench.") as folder:
        run = subprocess.run(
            ["valgrind", "--tool=callgrind", "--collect-atstart=no", "--toggle-collect=" + function,
             "--callgrind-out-file=" + os.path.join(folder, "out"), *arguments],
            capture_output=True, text=True, check=False)
    if run.returncode != 0:
        raise RuntimeError(f"{' '.join(arguments)} failed:\n{run.stdout}{run.stderr}")
    return int(re.search(r"Collected : (\d+)", run.stderr).group(1)), run.stdout


def cost_of(process_cost, load):
    """Runs `process_cost LOAD` (small or large)."""
    collected, printed = count([process_cost, load], "*answer_one*")
    frames, table_bytes = map(int, re.search(r"frames=(\d+) table_bytes=(\d+)", printed).groups())
    return Cost(collected / frames, table_bytes)


def control_cost_of(control_cost, what, vhosts):
    """Instructions of control for one event of `control_cost WHAT VHOSTS`."""
    collected, printed = count([control_cost, what, str(vhosts)], "*measured*")
    return collected / int(re.search(r"events=(\d+)", printed).group(1))
