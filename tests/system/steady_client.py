#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""A well-behaved client: asks who has an address, 25 times a second, and notes what it is told.

  steady_client.py INTERFACE ADDRESS

Each request comes from a MAC address of its own, so an answer belongs to one of them. Ends on
SIGTERM and prints as JSON how many it asked, how many were answered, the longest time in milliseconds
from one answer to the next, and the longest in which the client itself did not run.
"""

import ctypes
import json
import signal
import socket
import struct
import sys
import time

from asking_client import ARP, request

PERIOD_S = 0.04
ETHERTYPE_ARP, REPLY, SO_ATTACH_FILTER = 0x0806, 2, 26
OURS = 0x0205


def only_answers():
    """Classic BPF: ARP replies to one of our MAC addresses, so that no storm wakes us."""
    rows = ((0x28, 0, 0, 12), (0x15, 0, 5, ETHERTYPE_ARP), (0x28, 0, 0, 20), (0x15, 0, 3, REPLY),
            (0x28, 0, 0, 0), (0x15, 0, 1, OURS), (0x06, 0, 0, 0xFFFF), (0x06, 0, 0, 0))
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *row) for row in rows))
    return code, struct.pack("HL", len(rows), ctypes.addressof(code))


def main():
    interface, address = sys.argv[1:]
    rows, program = only_answers()
    link = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
    link.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, program)
    link.bind((interface, ETHERTYPE_ARP))
    del rows
    stopped = []
    signal.signal(signal.SIGTERM, lambda *_: stopped.append(True))
    target = socket.inet_aton(address)
    sender = target[:3] + b"\xfa"
    asked, answered = 0, set()
    last = due = ran = time.monotonic()
    longest = paused = 0.0
    while not stopped:
        now = time.monotonic()
        paused, ran = max(paused, now - ran), now
        if now >= due:
            due = max(due + PERIOD_S, now)
            asked += 1
            link.send(request(struct.pack("!HI", OURS, asked), sender, target))
        link.settimeout(max(due - time.monotonic(), 0.001))
        try:
            frame = link.recv(2048)
        except (TimeoutError, InterruptedError):
            continue
        sender_ip, told = ARP.unpack_from(frame, 14)[6:8]
        if sender_ip != target:
            continue
        answered.add(told)
        now = time.monotonic()
        longest, last = max(longest, now - last), now
    longest = max(longest, time.monotonic() - last)
    print(json.dumps({"asked": asked, "answered": len(answered),
                      "silence_ms": round(1000 * longest), "paused_ms": round(1000 * paused)}))


if __name__ == "__main__":
    main()
