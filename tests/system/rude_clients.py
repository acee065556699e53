# SPDX-License-Identifier: BSD-3-Clause
"""Two hundred clients of a console that behave as nobody should, for a while.

    rude_clients.py SECONDS PORT [SOCKET]    SOCKET: a third of them come by the UNIX socket

Prints how often they got in and how much they sent. They pause between their pieces: what is tried
is the console, not how much one machine can carry.
"""

import itertools
import random
import socket
import sys
import time

CLIENTS = 200
PAUSE_S = 0.02
SEED = 1

KEYS = b"\xff\xfd\x01\xff\xfd\x03"  # a telnet client that leaves editing to the console
MANNERS = [
    ("binary", lambda dice: dice.randbytes(4096), True),
    ("half lines", lambda dice: b"ifconfig carp0 ad", True),
    ("a line without end", lambda dice: b"x" * 4096, True),
    ("a flood of lines", lambda dice: b"show vhosts\n" * 300, True),
    ("never reads", lambda dice: b"show statistics json\nhelp\n" * 100, False),
    ("a flood of Tabs", lambda dice: KEYS + b"ifconfig \t?" * 300, True),
    ("recalls for ever", lambda dice: KEYS + b"x" * 900 + b"\x1b[A\x1b[D\r" * 300, True),
    ("negotiates for ever", lambda dice: b"\xff\xfd\x05\xff\xfb\x1f\xff\xfa\x1f\xff\xff" * 300, False),
    ("leaves at once", None, False),
]


class Client:
    def __init__(self, address, manner):
        self.address = address
        self.name, self.piece, self.reads = manner
        self.socket = None
        self.sent = self.entered = 0

    def enter(self):
        family = socket.AF_UNIX if isinstance(self.address, str) else socket.AF_INET
        self.socket = socket.socket(family)
        if not self.reads:  # what it is told waits where it is told, not here
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.socket.setblocking(False)
        self.socket.connect_ex(self.address)
        self.entered += 1

    def leave(self):
        self.socket.close()
        self.socket = None

    def behave(self, dice):
        """One turn. Whoever is hung up on comes again."""
        if self.socket is None:
            self.enter()
        elif self.piece is None:
            self.leave()
        else:
            try:
                if self.reads:
                    self.read()
                self.sent += self.socket.send(self.piece(dice))
            except BlockingIOError:
                pass
            except OSError:
                self.leave()

    def read(self):
        try:
            if not self.socket.recv(65536):
                raise ConnectionResetError
        except BlockingIOError:
            pass


def main():
    seconds, port, sockets = float(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
    dice = random.Random(SEED)
    addresses = itertools.cycle([("127.0.0.1", port), ("127.0.0.1", port), *sockets])
    clients = [Client(next(addresses), MANNERS[i % len(MANNERS)]) for i in range(CLIENTS)]
    # However the others jostle, one that never reads gets in.
    next(client for client in clients if client.name == "never reads").enter()
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for client in dice.sample(clients, CLIENTS // 4):
            client.behave(dice)
        time.sleep(PAUSE_S)
    for name, _, _ in MANNERS:
        of_them = [client for client in clients if client.name == name]
        print(f"{name}: came {sum(c.entered for c in of_them)} times, sent {sum(c.sent for c in of_them)} bytes")


if __name__ == "__main__":
    main()
