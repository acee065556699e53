# SPDX-License-Identifier: BSD-3-Clause
"""What running processes have open or mapped, as /proc tells it."""

import os
from dataclasses import dataclass


@dataclass(frozen=True)
class Process:
    id: int
    name: str

    def __str__(self):
        return f"{self.name} ({self.id})"


def processes(machine):
    for name in machine.names("/proc"):
        if name.isdigit():
            yield Process(int(name), machine.read(f"/proc/{name}/comm", "?"))


def open_names(machine, process):
    """The names that its descriptors have."""
    folder = f"/proc/{process.id}/fd"
    for name in machine.names(folder):
        try:
            yield os.readlink(machine.path(f"{folder}/{name}"))
        except OSError:
            pass  # closed meanwhile


def held_inodes(machine, process):
    """(device, inode) of every file it has open or mapped. Not names: those are of its own mount
    namespace, and a container's /dev/hugepages is not ours."""
    folder = f"/proc/{process.id}/fd"
    for name in machine.names(folder):
        try:
            status = os.stat(machine.path(f"{folder}/{name}"))
            yield status.st_dev, status.st_ino
        except OSError:
            pass
    for line in machine.read(f"/proc/{process.id}/maps").splitlines():
        _, _, _, device, inode, *_ = line.split(maxsplit=5)
        major, minor = (int(part, 16) for part in device.split(":"))
        yield os.makedev(major, minor), int(inode)


def ancestors(machine):
    """This process and those that started it, nearest first."""
    process = os.getpid()
    while process > 0:
        yield process
        # The name stands in parentheses and may hold blanks; the parent comes two words later.
        words = machine.read(f"/proc/{process}/stat").rpartition(")")[2].split()
        process = int(words[1]) if len(words) > 1 else 0
