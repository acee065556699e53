# SPDX-License-Identifier: BSD-3-Clause
"""The machine as files and commands: everything that is read of it, and everything done to it.

With a root other than `/` it is a tree of files that stands for a machine, in tests or as copied
from another one: all names are looked up below it, an answer of a command is the file
`ROOT/commands/WORDS OF THE COMMAND`, and a command that would change something is only written
down, in `ROOT/commands/log`.
"""

import os
import shlex
import subprocess

USAGE, UNAVAILABLE, NO_PERMISSION = 64, 69, 77  # of sysexits(3), as the program itself uses them


class Fault(Exception):
    """What ends a script: its exit code and its one line."""

    def __init__(self, code, text):
        super().__init__(text)
        self.code = code


class Machine:
    def __init__(self, root="/"):
        self.root = root.rstrip("/")

    def path(self, name):
        return self.root + name

    def exists(self, name):
        return os.path.exists(self.path(name))

    def names(self, folder):
        """The names in a folder, sorted; none where there is no folder."""
        try:
            return sorted(os.listdir(self.path(folder)))
        except OSError:
            return []

    def read(self, name, default=""):
        """A file without the blanks at its ends; `default` where it cannot be read."""
        try:
            with open(self.path(name), encoding="utf-8", errors="replace") as file:
                return file.read().strip()
        except OSError:
            return default

    def link(self, name):
        """The last part of what a symbolic link points to; empty where there is no link."""
        try:
            return os.path.basename(os.readlink(self.path(name)))
        except OSError:
            return ""

    def write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text + "\n")

    def ask(self, *command):
        """What a command prints that changes nothing; empty where it fails or is not there."""
        if self.root:
            return self.read("/commands/" + " ".join(command))
        try:
            return subprocess.run(command, check=True, capture_output=True, text=True).stdout
        except (OSError, subprocess.CalledProcessError):
            return ""

    def run(self, *command):
        """Runs a command that changes something; raises OSError where it fails."""
        if self.root:
            with open(self.path("/commands/log"), "a", encoding="utf-8") as log:
                log.write(shlex.join(command) + "\n")
            return
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        if done.returncode != 0:
            raise OSError(done.stderr.strip() or f"exit {done.returncode}")

    def sees_all(self):
        """Whether we may look into every process."""
        return bool(self.root) or os.geteuid() == 0

    def need_root(self, what):
        if not self.sees_all():
            raise Fault(NO_PERMISSION, f"{what}: only root may: call it with sudo")


def print_table(rows):
    """Columns as wide as they must be; the first row is the head. No blanks at the end of a line."""
    widths = [max(len(str(cell)) for cell in column) for column in zip(*rows)]
    for row in rows:
        cells = (str(cell).ljust(width) for cell, width in zip(row, widths))
        print("  ".join(cells).rstrip())
