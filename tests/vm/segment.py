# SPDX-License-Identifier: BSD-3-Clause
"""An Ethernet segment in this process: every card of a guest is a UDP port on 127.0.0.1, what comes
from one goes to all others, and a station made here asks by ARP. No privilege is needed."""

import select
import socket
import struct
import threading
import time

STATION_MAC = bytes.fromhex("020000000001")
STATION_IP = "192.168.1.100"


class Segment:
    def __init__(self):
        self._sockets = []
        self._answers = set()  # (address asked for, MAC address that answers, from which port)
        self._lock = threading.Lock()
        self._running = True
        self._thread = threading.Thread(target=self._forward, daemon=True)

    def attach(self):
        """A new port; returns what QEMU's -netdev needs of it."""
        ours, theirs = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
        for end in (ours, theirs):
            end.bind(("127.0.0.1", 0))
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        ours.connect(theirs.getsockname())
        theirs.close()  # QEMU opens it again
        self._sockets.append(ours)
        return ("dgram,local.type=inet,local.host=127.0.0.1,local.port={},remote.type=inet,"
                "remote.host=127.0.0.1,remote.port={}").format(ours.getpeername()[1],
                                                               ours.getsockname()[1])

    def start(self):
        self._thread.start()

    def stop(self):
        self._running = False
        self._thread.join()
        for port in self._sockets:
            port.close()

    def _forward(self):
        while self._running:
            for port in select.select(self._sockets, [], [], 0.2)[0]:
                try:
                    frame = port.recv(65536)
                except OSError:
                    continue  # the other end is not open yet, or no more
                self._look_at(frame, self._sockets.index(port))
                self._send(frame, but=port)

    def _send(self, frame, but=None):
        for port in self._sockets:
            if port is not but:
                try:
                    port.send(frame)
                except OSError:
                    pass

    def _look_at(self, frame, port):
        if frame[12:14] == b"\x08\x06" and frame[20:22] == b"\0\x02" and frame[:6] == STATION_MAC:
            with self._lock:
                self._answers.add((socket.inet_ntoa(frame[28:32]), frame[22:28].hex(":"), port))

    def who_has(self, address):
        """Asks once: the (MAC address, port) of each that answers within a second. Ports count in the
        order in which they were attached."""
        request = (b"\xff" * 6 + STATION_MAC + b"\x08\x06" + struct.pack(">HHBBH", 1, 0x800, 6, 4, 1)
                   + STATION_MAC + socket.inet_aton(STATION_IP) + bytes(6) + socket.inet_aton(address))
        with self._lock:
            self._answers.clear()
        self._send(request)
        time.sleep(1)
        with self._lock:
            return [(mac, port) for asked, mac, port in self._answers if asked == address]
