# SPDX-License-Identifier: BSD-3-Clause
"""What a plan is made of. A step prints as the shell command that would do the same, so a dry run
is also a recipe."""

import fcntl
import os
import shlex
from dataclasses import dataclass

from host.machine import UNAVAILABLE, Fault


@dataclass(frozen=True)
class Write:
    """A file of the kernel, or one under /etc, gets this text."""
    path: str
    text: str

    def __str__(self):
        if "\n" in self.text:
            return f"cat >{self.path} <<'END'\n{self.text}\nEND"
        return f"echo {shlex.quote(self.text) if self.text else ''} >{self.path}".replace("  ", " ")

    def perform(self, machine):
        machine.write(self.path, self.text)


@dataclass(frozen=True)
class MakeFolder:
    path: str

    def __str__(self):
        return f"mkdir -p {self.path}"

    def perform(self, machine):
        os.makedirs(machine.path(self.path), exist_ok=True)


@dataclass(frozen=True)
class Remove:
    path: str

    def __str__(self):
        return f"rm {self.path}"

    def perform(self, machine):
        os.unlink(machine.path(self.path))


@dataclass(frozen=True)
class FreeHugepages:
    """Removes hugepage files unless a program took one meanwhile: DPDK holds a shared lock on each
    of its own, and takes an exclusive one before it removes what it finds, as here."""
    folder: str
    prefix: str
    names: tuple

    def __str__(self):
        return (f"rm {self.folder}/{self.prefix}map_*  "
                f"# {len(self.names)} that nobody holds, each under an exclusive lock")

    def perform(self, machine):
        for name in self.names:
            path = machine.path(f"{self.folder}/{name}")
            descriptor = os.open(path, os.O_RDONLY)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                os.unlink(path)
            finally:
                os.close(descriptor)


@dataclass(frozen=True)
class Run:
    command: tuple
    may_fail: bool = False

    def __str__(self):
        return shlex.join(self.command) + (" || true" if self.may_fail else "")

    def perform(self, machine):
        try:
            machine.run(*self.command)
        except OSError:
            if not self.may_fail:
                raise


def show(steps, title):
    print(title)
    for step in steps:
        print("    " + str(step).replace("\n", "\n    "))


def perform(machine, steps):
    """Does them in order, each printed before. The first that fails ends the script."""
    for step in steps:
        print("  + " + str(step).replace("\n", "\n    "), flush=True)
        try:
            step.perform(machine)
        except OSError as error:
            raise Fault(UNAVAILABLE, f"{step}: {error.strerror or error}") from error
