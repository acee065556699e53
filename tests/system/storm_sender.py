#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Sends one kind of frame about a shared address as fast as it can, or RATE a second.

  storm_sender.py INTERFACE ADDRESS KIND SECONDS RATE

RATE 0 is as fast as it can. Kinds:

  arp        requests of 250 clients
  arp-one    requests of one client
  arp-claim  gratuitous ARP of a stranger who says that the address is his
  loop       the advertisements of the last seconds, each as it was on the wire, again and again
  forged     the MASTER's addresses, counters and digests from nowhere
  copied     everything as in the MASTER's last advertisement, its counter one more; the digest alone is wrong
  echo       ICMP echo requests of 250 clients
  garbage    the frames of garbage_frames.py

Prints as JSON how many frames left and in how many seconds.
"""

import collections
import ctypes
import json
import os
import random
import socket
import struct
import sys
import time

import garbage_frames as make

SOL_PACKET, PACKET_QDISC_BYPASS, PACKET_IGNORE_OUTGOING = 263, 20, 23
SO_ATTACH_FILTER = 26
ETH_P_ALL = 3
BATCH = 64
COUNTER, DIGEST, CARP_SUM = 14 + 20 + 8, 14 + 20 + 16, 14 + 20 + 6
REMEMBERED = 64

libc = ctypes.CDLL(None, use_errno=True)


class Iovec(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]


class Message(ctypes.Structure):  # struct mmsghdr
    _fields_ = [("name", ctypes.c_void_p), ("name_length", ctypes.c_uint),
                ("vectors", ctypes.POINTER(Iovec)), ("vector_count", ctypes.c_size_t),
                ("control", ctypes.c_void_p), ("control_length", ctypes.c_size_t),
                ("flags", ctypes.c_int), ("sent", ctypes.c_uint)]


class Volley:
    """Frames as sendmmsg wants them, sent in batches, over and over."""

    def __init__(self, frames):
        frames = list(frames) * (1 + BATCH // len(frames))
        self.count = len(frames) // BATCH * BATCH
        self.buffers = [ctypes.create_string_buffer(frame, len(frame)) for frame in frames]
        self.vectors = (Iovec * len(frames))(
            *((ctypes.addressof(buffer), len(buffer)) for buffer in self.buffers))
        self.messages = (Message * len(frames))()
        for message, vector in zip(self.messages, self.vectors):
            message.vectors, message.vector_count = ctypes.pointer(vector), 1
        self.at = 0

    def send(self, link):
        done = libc.sendmmsg(link.fileno(), ctypes.byref(self.messages[self.at]), BATCH, 0)
        self.at = (self.at + BATCH) % self.count
        return max(done, 0)  # what the kernel does not take is lost, as on a wire


def mac(number):
    return struct.pack("!HI", 0x0200, number)


def arp_request(number, address, target):
    packet = struct.pack("!HHBBH6s4s6s4s", 1, 0x0800, 6, 4, 1, mac(number),
                         socket.inet_aton(address), bytes(6), socket.inet_aton(target))
    return make.ALL + mac(number) + struct.pack("!H", 0x0806) + packet + bytes(18)


def client(number):
    return f"192.168.1.{number % 250 + 1}"


def echo(number, target):
    message = struct.pack("!BBHHH", 8, 0, 0, number, 1)
    message = message[:2] + struct.pack("!H", make.checksum(message)) + message[4:]
    datagram = make.ipv4(message, 1, 64, client(number), target)
    return make.VIRTUAL_MAC + mac(number) + struct.pack("!H", 0x0800) + datagram + bytes(18)


def forged(heard, counter, dice):
    """An advertisement like the one that was heard, with that counter and no digest to go with it."""
    frame = bytearray(heard)
    frame[COUNTER:COUNTER + 8] = (counter % 2**64).to_bytes(8, "big")
    frame[DIGEST:DIGEST + 20] = dice.randbytes(20)
    frame[CARP_SUM:CARP_SUM + 2] = bytes(2)
    frame[CARP_SUM:CARP_SUM + 2] = make.checksum(bytes(frame[34:70])).to_bytes(2, "big")
    return bytes(frame)


class Wire:
    """What is advertised on the segment, as an attacker there hears it."""

    def __init__(self, interface):
        self.link = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
        self.link.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, self.only_carp())
        self.link.setsockopt(SOL_PACKET, PACKET_IGNORE_OUTGOING, 1)
        self.link.bind((interface, ETH_P_ALL))
        self.heard = collections.deque(maxlen=REMEMBERED)

    def only_carp(self):
        rows = ((0x28, 0, 0, 12), (0x15, 0, 3, 0x0800), (0x30, 0, 0, 23), (0x15, 0, 1, 112),
                (0x06, 0, 0, 0xFFFF), (0x06, 0, 0, 0))
        self.rows = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *row) for row in rows))
        return struct.pack("HL", len(rows), ctypes.addressof(self.rows))

    def listen(self, wait_s):
        """Whether a new advertisement was heard; our own do not come back."""
        self.link.settimeout(wait_s) if wait_s else self.link.setblocking(False)
        try:
            self.heard.append(self.link.recv(2048))
        except (BlockingIOError, TimeoutError):
            return False
        return True

    def counter(self):
        return int.from_bytes(self.heard[-1][COUNTER:COUNTER + 8], "big")


def volley_of(kind, address, wire, dice):
    if kind == "arp":
        return Volley([arp_request(n, client(n), address) for n in range(250)])
    if kind == "arp-one":
        return Volley([arp_request(7, "192.168.1.207", address)])
    if kind == "arp-claim":
        return Volley([arp_request(n, address, address) for n in range(64)])
    if kind == "loop":
        return Volley(list(wire.heard))
    if kind == "forged":
        return Volley([forged(wire.heard[-1], dice.getrandbits(64), dice) for _ in range(1024)])
    if kind == "copied":
        return Volley([forged(wire.heard[-1], wire.counter() + 1 + n, dice) for n in range(256)])
    if kind == "echo":
        return Volley([echo(n, address) for n in range(250)])
    if kind == "garbage":
        frames = [*make.adverts(dice), *make.others(dice, address)]
        return Volley([frame for frame in frames if 14 <= len(frame) <= 1514])
    sys.exit(f"storm_sender.py: no kind is called {kind}")


def main():
    interface, address, kind, seconds, rate = sys.argv[1:]
    seconds, rate, dice = float(seconds), float(rate), random.Random(7)
    wire = Wire(interface)
    follows = kind in ("loop", "copied")
    if follows or kind == "forged":
        while not wire.listen(5):
            pass
    link = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
    link.setsockopt(SOL_PACKET, PACKET_QDISC_BYPASS, 1)
    link.bind((interface, 0))
    volley = volley_of(kind, address, wire, dice)
    sent, begin = 0, time.monotonic()
    while (now := time.monotonic()) < begin + seconds:
        if follows and wire.listen(0):
            volley = volley_of(kind, address, wire, dice)
        if rate and sent > rate * (now - begin):
            time.sleep(BATCH / rate)
            continue
        sent += volley.send(link)
    took = time.monotonic() - begin
    print(json.dumps({"sent": sent, "seconds": round(took, 3), "a_second": round(sent / took)}))
    os._exit(0)


if __name__ == "__main__":
    main()
