#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""What becomes of the requests of asking_client.py, seen at ports of the switch.

  answer_log.py LOG NOW CLIENT_PORT,... HOST_PORT,...

LOG gets a line an event, `TIME KIND PORT CLIENT NUMBER ADDRESS`, TIME in ns since 1970:

  asked      a request came from a client
  answered   an answer came from a host
  heard      an answer went out to a client's port

NOW is a small file, renewed five times a second: `CLIENT ADDRESS HOST` for every host whose answer
about that address reached that client in the last 0.4 s. On SIGTERM the last line of LOG says how many frames
the kernel could not hand over: `TIME missed - 0 N -`.
"""

import ctypes
import os
import selectors
import signal
import socket
import struct
import sys
import time

ARP = struct.Struct("!HHBBH6s4s6s4s")
ETHERNET_SIZE = 14
REQUEST, REPLY = 1, 2
ETH_P_ALL = 3
SO_ATTACH_FILTER, SO_RCVBUFFORCE, SO_TIMESTAMPNS = 26, 33, 35
SOL_PACKET, PACKET_STATISTICS, PACKET_IGNORE_OUTGOING = 263, 6, 23
PACKET_OUTGOING = 4
FRESH_NS = 400_000_000
RENEW_S = 0.2


def arp_filter():
    """Classic BPF: ARP only, so that pings do not wake us."""
    rows = ((0x28, 0, 0, 12), (0x15, 0, 1, 0x0806), (0x06, 0, 0, 0xFFFF), (0x06, 0, 0, 0))
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *row) for row in rows))
    return code, struct.pack("HL", len(rows), ctypes.addressof(code))


def open_port(port, ignore_outgoing):
    link = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
    rows, program = arp_filter()  # the program points to the rows
    link.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, program)
    del rows
    link.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
    link.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 4 << 20)
    if ignore_outgoing:
        link.setsockopt(SOL_PACKET, PACKET_IGNORE_OUTGOING, 1)
    link.bind((port, ETH_P_ALL))
    return link


def receive(link):
    """(time, ARP fields, whether it leaves the switch) of the next frame."""
    frame, extra, _, address = link.recvmsg(2048, 64)
    seconds, nanoseconds = struct.unpack("qq", extra[0][2][:16])
    fields = ARP.unpack_from(frame, ETHERNET_SIZE) if len(frame) >= ETHERNET_SIZE + ARP.size else None
    return seconds * 1_000_000_000 + nanoseconds, fields, address[2] == PACKET_OUTGOING


class Watch:
    def __init__(self, log, now_file, client_ports, host_ports):
        self.log, self.now_file = log, now_file
        self.clients, self.hosts = set(client_ports), set(host_ports)
        # Of the last moments, by client and number: who answered, and what was heard.
        self.answered, self.heard = {}, {}

    def note(self, port, when, fields, leaves):
        kind, mac, address = self.kind_of(port, fields, leaves)
        if kind is None or mac[0] != 2 or not 1 <= mac[1] <= len(self.clients):
            return
        client, number, text = mac[1], int.from_bytes(mac[2:], "big"), socket.inet_ntoa(address)
        print(when, kind, port, client, number, text, file=self.log)
        if kind == "answered":
            self.answered[client, number] = (when, port.partition("-")[0])
        elif kind == "heard":
            self.heard[client, number] = (when, text)

    def kind_of(self, port, fields, leaves):
        operation, sender_mac, sender, target_mac, target = fields[4:]
        if port in self.clients and not leaves and operation == REQUEST:
            return "asked", sender_mac, target
        if port in self.clients and leaves and operation == REPLY:
            return "heard", target_mac, sender
        if port in self.hosts and not leaves and operation == REPLY:
            return "answered", target_mac, sender
        return None, None, None

    def renew(self):
        fresh = time.time_ns() - FRESH_NS
        self.answered, self.heard = ({key: value for key, value in events.items() if value[0] > fresh}
                                     for events in (self.answered, self.heard))
        lines = {f"client{client} {address} {self.answered[client, number][1]}"
                 for (client, number), (_, address) in self.heard.items()
                 if (client, number) in self.answered}
        with open(self.now_file + ".new", "w", encoding="ascii") as now:
            print(*sorted(lines), sep="\n", end="\n" if lines else "", file=now)
        os.rename(self.now_file + ".new", self.now_file)
        self.log.flush()


def main():
    log_file, now_file = sys.argv[1:3]
    client_ports, host_ports = (words.split(",") for words in sys.argv[3:5])
    ended = []
    signal.signal(signal.SIGTERM, lambda *_: ended.append(True))
    with open(log_file, "w", encoding="ascii") as log:
        watch = Watch(log, now_file, client_ports, host_ports)
        ports = selectors.DefaultSelector()
        for port in client_ports + host_ports:
            ports.register(open_port(port, port in host_ports), selectors.EVENT_READ, port)
        due = 0
        while not ended:
            for key, _ in ports.select(RENEW_S):
                when, fields, leaves = receive(key.fileobj)
                if fields is not None:
                    watch.note(key.data, when, fields, leaves)
            if time.monotonic() >= due:
                watch.renew()
                due = time.monotonic() + RENEW_S
        missed = sum(struct.unpack("II", key.fileobj.getsockopt(SOL_PACKET, PACKET_STATISTICS, 8))[1]
                     for key in ports.get_map().values())
        print(time.time_ns(), "missed", "-", 0, missed, "-", file=log)


if __name__ == "__main__":
    main()
