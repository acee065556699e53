#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Sends malformed, forged and foreign frames about a shared address for some seconds.

  garbage_frames.py INTERFACE ADDRESS SECONDS

The frames are made once from a fixed seed, and then sent over and over in short bursts: each shall
be judged, none lost in a full ring; storm_sender.py sends too many. Prints how many were sent.
"""

import random
import socket
import struct
import sys
import time

GROUP_MAC, GROUP = bytes.fromhex("01005e000012"), "224.0.0.18"
SOURCE_MAC = bytes.fromhex("020000000066")
VIRTUAL_MAC = bytes.fromhex("00005e000101")
ALL = b"\xff" * 6
BURST, PAUSE_S = 32, 0.001


def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return total ^ 0xFFFF


def ethernet(payload, ether_type=0x0800, target=GROUP_MAC):
    return target + SOURCE_MAC + struct.pack("!H", ether_type) + payload


def ipv4(payload, protocol=112, ttl=255, source="192.168.1.66", target=GROUP, fragment=0,
         length=None):
    head = struct.pack("!BBHHHBBH4s4s", 0x45, 0x10, length or 20 + len(payload), 1, fragment, ttl,
                       protocol, 0, socket.inet_aton(source), socket.inet_aton(target))
    return head[:10] + struct.pack("!H", checksum(head)) + head[12:] + payload


def advert(vhid=1, advskew=0, version=2, authlen=7, digest=bytes(20), counter=1):
    head = struct.pack("!BBBBBBHQ", version << 4 | 1, vhid, advskew, authlen, 0, 1, 0, counter)
    body = head + digest
    return body[:6] + struct.pack("!H", checksum(body)) + body[8:]


def vrrp(router):
    body = struct.pack("!BBBBBBH", 0x21, router, 255, 1, 0, 1, 0) + bytes(12)
    return body[:6] + struct.pack("!H", checksum(body)) + body[8:]


def arp(operation, sender, target, hardware=1, length=28):
    return struct.pack("!HHBBH6s4s6s4s", hardware, 0x0800, 6, 4, operation, SOURCE_MAC,
                       socket.inet_aton(sender), bytes(6), socket.inet_aton(target))[:length]


def adverts(dice):
    """Advertisements that are not ours, or are no more."""
    whole = ipv4(advert())
    for end in range(len(whole)):
        yield ethernet(whole[:end])
    for end in range(36):
        yield ethernet(ipv4(advert()[:end]))
    for _ in range(200):
        forged = dict(advskew=dice.randrange(256), digest=dice.randbytes(20),
                      counter=dice.randrange(2**64))
        yield ethernet(ipv4(advert(**forged)))
        yield ethernet(ipv4(advert(vhid=dice.randrange(2, 256), **forged)))
    yield ethernet(ipv4(advert(version=3)))
    yield ethernet(ipv4(advert(authlen=8)))
    yield ethernet(ipv4(advert(), ttl=254))
    yield ethernet(ipv4(advert(), fragment=0x2000))
    yield ethernet(ipv4(advert()[:-1] + b"x"))  # its checksum is wrong now
    yield ethernet(ipv4(vrrp(1)))


def others(dice, address):
    """Everything that is not an advertisement."""
    for operation in (0, 1, 2, 3, 9):
        yield ethernet(arp(operation, "192.168.1.66", address), 0x0806, ALL)
        yield ethernet(arp(operation, address, address), 0x0806, ALL)
    for end in range(28):
        yield ethernet(arp(1, "192.168.1.66", address, length=end), 0x0806, ALL)
    yield ethernet(arp(1, "192.168.1.66", address, hardware=6), 0x0806, ALL)
    echo = b"\x08\x00\xf7\xfe\x00\x01\x00\x00"
    yield ethernet(ipv4(echo, 1, target=address, fragment=0x2000), target=VIRTUAL_MAC)
    yield ethernet(ipv4(echo, 1, target=address, length=4), target=VIRTUAL_MAC)
    yield ethernet(ipv4(echo, 1, target=address, length=1500), target=VIRTUAL_MAC)
    yield ethernet(ipv4(echo[:-1] + b"x", 1, target=address), target=VIRTUAL_MAC)
    yield ethernet(ipv4(echo, 17, target=address), target=VIRTUAL_MAC)
    yield ethernet(bytes(8900), 0x88B5, ALL)  # jumbo
    for _ in range(1000):
        size = dice.randrange(1, 1486)
        kind = dice.choice((0x0800, 0x0806, 0x8100, 0x86DD, dice.randrange(65536)))
        yield ethernet(dice.randbytes(size), kind, dice.choice((ALL, GROUP_MAC)))


def main():
    interface, address, seconds = sys.argv[1], sys.argv[2], float(sys.argv[3])
    dice = random.Random(6)
    frames = [*adverts(dice), *others(dice, address)]
    link = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    link.bind((interface, 0))
    sent, end = 0, time.monotonic() + seconds
    while time.monotonic() < end:
        for _ in range(BURST):
            try:
                link.send(frames[sent % len(frames)])
            except OSError:  # what the kernel itself does not let pass
                pass
            sent += 1
        time.sleep(PAUSE_S)
    print(f"{sent} frames of {len(frames)} kinds sent")


if __name__ == "__main__":
    main()
