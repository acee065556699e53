# SPDX-License-Identifier: BSD-3-Clause
"""Instructions that process() takes for one reply: the figure that no noise can touch."""

import os
import re
import subprocess
import tempfile
from dataclasses import dataclass


@dataclass
class Cost:
    instructions: float  # for one reply
    table_bytes: int


def cost_of(process_cost, load):
    """Runs `process_cost LOAD` (small or large) under callgrind."""
    with tempfile.TemporaryDirectory(prefix="carp-bench.") as folder:
        run = subprocess.run(
            ["valgrind", "--tool=callgrind", "--collect-atstart=no",
             "--toggle-collect=*answer_one*",
             "--callgrind-out-file=" + os.path.join(folder, "out"), process_cost, load],
            capture_output=True, text=True, check=False)
    if run.returncode != 0:
        raise RuntimeError(f"process_cost {load} failed:\n{run.stdout}{run.stderr}")
    collected = int(re.search(r"Collected : (\d+)", run.stderr).group(1))
    frames, table_bytes = map(int, re.search(r"frames=(\d+) table_bytes=(\d+)", run.stdout).groups())
    return Cost(collected / frames, table_bytes)
