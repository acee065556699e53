# SPDX-License-Identifier: BSD-3-Clause
"""An operator at telnet(1), on a terminal of its own: types keys, looks at the screen.

    typist.py PORT    against a host with carp0 as MASTER; a line for each thing seen

Exit: 0 all was seen, 1 something was not, with the screen.
"""

import fcntl
import os
import pty
import re
import select
import struct
import sys
import termios
import time

PATIENCE_S = 60
PROMPT = "dpdk-carp> "
LEFT, UP, HOME, END = "\x1b[D", "\x1b[A", "\x1b[H", "\x1b[F"


def ctrl(letter):
    return chr(ord(letter) & 0x1F)


class Terminal:
    """As much of a VT100 as the console uses."""

    def __init__(self, command, columns):
        self.rows = [""]
        self.column = 0
        self.rest = ""
        self.is_open = True
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.environ["TERM"] = "vt100"
            os.execvp(command[0], command)
        self.resize(columns)

    def resize(self, columns):
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))

    def type(self, keys):
        os.write(self.fd, keys.encode())

    def look(self, seconds):
        if not select.select([self.fd], [], [], seconds)[0]:
            return
        try:
            sent = os.read(self.fd, 65536)
        except OSError:  # the other end is closed
            sent = b""
        self.is_open = bool(sent)
        self.show(self.rest + sent.decode(errors="replace"))

    def show(self, text):
        for part in re.split(r"(\x1b\[\d*[KC]|\x1b(?:\[\d*)?$|[\r\n\a\b\0])", text):
            if not part:
                continue
            if part.startswith("\x1b") and part[-1] not in "KC":
                self.rest = part
                return
            self.obey(part)
        self.rest = ""

    def obey(self, part):
        row = self.rows[-1]
        if part == "\r":
            self.column = 0
        elif part == "\n":
            self.rows.append("")
        elif part == "\b":
            self.column -= 1
        elif part.startswith("\x1b") and part.endswith("K"):
            self.rows[-1] = row[: self.column]
        elif part.startswith("\x1b"):
            self.column += int(part[2:-1] or 1)
        elif part not in "\a\0":
            row = row.ljust(self.column)
            self.rows[-1] = row[: self.column] + part + row[self.column + len(part) :]
            self.column += len(part)


class Operator:
    def __init__(self, terminal):
        self.terminal = terminal

    def sees(self, what, condition):
        end = time.monotonic() + PATIENCE_S
        while not condition():
            if not self.terminal.is_open or time.monotonic() > end:
                print(f"not seen: {what}", *self.terminal.rows[-24:], sep="\n    ")
                sys.exit(1)
            self.terminal.look(1)
        print(what)

    def sees_line(self, what, line):
        self.sees(what, lambda: self.terminal.rows[-1].rstrip() == (PROMPT + line).rstrip())

    def sees_above(self, what, pattern):
        rows = self.terminal.rows
        self.sees(what, lambda: any(re.search(pattern, row) for row in rows[:-1]))

    def types(self, keys):
        self.terminal.type(keys)


def work(operator):
    terminal = operator.terminal
    operator.sees_line("the prompt comes", "")
    operator.types("ifc\t")
    operator.sees_line("Tab completes a command", "ifconfig")
    operator.types("c\t0\t")
    operator.sees_line("and a name", "ifconfig carp0")
    operator.types("\r")
    operator.sees_above("Enter executes", "carp: MASTER vhid 1")
    operator.sees_line("and prompts again", "")
    operator.types(UP)
    operator.sees_line("Up recalls", "ifconfig carp0")
    operator.types(ctrl("A") + ctrl("K") + "how vhots" + HOME + "s" + END + LEFT * 2 + "s\r")
    operator.sees_above("keys edit", r"^dpdk-carp> show vhosts$")
    operator.sees_above("and the line is executed", "^NAME  *INTERFACE")
    operator.types("show ?")
    operator.sees_above("a question mark helps", "^show TOPIC")
    operator.sees_above("with the words", "^vhosts  interfaces  workers")
    operator.sees_line("and leaves the line", "show")
    operator.types(ctrl("C"))
    operator.sees_above("Ctrl-C drops it", r"^dpdk-carp> show \^C$")
    operator.types("sysctl net.inet.carp.lo\t=2\r")
    operator.sees_above("a sysctl is completed and set", r"^net.inet.carp.log: \d -> 2$")
    operator.types("ifconfig carp0 advskew 300\r")
    operator.sees_above("an error says what was expected", "^error: advskew: 300 is not in 0–254$")
    terminal.resize(40)
    operator.types("x" * 100)
    operator.sees("a line scrolls in a small window", lambda: terminal.rows[-1] == PROMPT + "x" * 27)
    operator.types(ctrl("U"))
    operator.sees_line("Ctrl-U empties it", "")
    operator.types(ctrl("D"))
    operator.sees_above("Ctrl-D ends the session", "closed by foreign host")


if __name__ == "__main__":
    work(Operator(Terminal(["telnet", "127.0.0.1", sys.argv[1]], 100)))
