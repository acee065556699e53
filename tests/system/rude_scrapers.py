# SPDX-License-Identifier: BSD-3-Clause
"""Clients of a metrics port that nobody would invite: half requests, readers that never read,
garbage, floods of connects. Goes on until it is killed.

    rude_scrapers.py ADDRESS...
"""

import os
import socket
import sys
import time

PORT = 9112
WAYS = [
    b"GET /metr",  # and no more
    b"GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n",  # and never reads
    b"POST /metrics HTTP/1.1\r\nContent-Length: 1000000000\r\n\r\n" + bytes(1000),
    b"",
    os.urandom(2000),
]
KEPT = 30  # at a time, more than the server keeps


def main():
    kept = []
    while True:
        for address in sys.argv[1:]:
            for way in WAYS:
                peer = socket.socket()
                peer.settimeout(1)
                try:
                    peer.connect((address, PORT))
                    peer.send(way)
                except OSError:
                    pass  # the host that this test kills
                kept.append(peer)
        while len(kept) > KEPT:
            kept.pop(0).close()
        time.sleep(0.05)


main()
