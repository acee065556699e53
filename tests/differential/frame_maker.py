# SPDX-License-Identifier: BSD-3-Clause
"""Advertisements of every kind, sound and damaged, from a seed.

They are built by the arithmetic of docs/spec/make_vectors.py, which shares no code with the
program. Damage is done before, between or after the checksums, so that some of it gets past them.
"""

import random
import struct
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "docs/spec"))
import make_vectors as spec  # noqa: E402  pylint: disable=wrong-import-position

DESTINATIONS = (spec.MAC4, "ff:ff:ff:ff:ff:ff", "02:00:00:00:00:0a", "02:00:00:00:00:0b")


def carp_of(rng):
    """A CARP header whose checksum is right, with odd values now and then."""
    usual = rng.random() < 0.7
    counter = rng.choice((rng.getrandbits(64), rng.getrandbits(8), 0, 2 ** 64 - 1))
    return spec.carp_header(
        rng.randrange(256), rng.randrange(256), rng.randrange(256), counter,
        rng.randbytes(20), demote=rng.choice((0, rng.randrange(256))),
        version=2 if usual else rng.randrange(16), type_=1 if usual else rng.randrange(16),
        authlen=7 if usual else rng.randrange(256))


def damaged(rng, data):
    """At most three bytes changed or flipped in one bit, or cut short, or grown."""
    data = bytearray(data)
    for _ in range(rng.choice((0, 0, 1, 1, 2, 3))):
        data[rng.randrange(len(data))] ^= rng.choice((1 << rng.randrange(8), rng.randrange(1, 256)))
    kind = rng.random()
    if kind < 0.1:
        del data[rng.randrange(len(data)):]
    elif kind < 0.2:
        data += rng.randbytes(rng.randrange(1, 9))
    return bytes(data)


def packet_of(rng, carp):
    source = f"192.168.{rng.randrange(256)}.{rng.randrange(1, 255)}"
    total = None if rng.random() < 0.8 else rng.randrange(80)
    packet = spec.ipv4_packet(
        source, "224.0.0.18", carp, ttl=255 if rng.random() < 0.8 else rng.randrange(256),
        tos=rng.choice((0x10, 0, rng.randrange(256))), ident=rng.randrange(65536),
        df=rng.random() < 0.8, total_length=total,
        options=b"\x01" * rng.choice((0, 0, 0, 0, 4, 40)))
    if rng.random() < 0.1:  # a fragment, with its checksum
        head = bytearray(packet[:20])
        head[6:8] = struct.pack("!H", rng.randrange(65536))
        head[10:12] = b"\0\0"
        if len(packet) - len(carp) == 20:
            head[10:12] = struct.pack("!H", spec.csum16(bytes(head)))
        packet = bytes(head) + packet[20:]
    return packet


def frame(rng):
    carp = carp_of(rng)
    if rng.random() < 0.2:
        carp = damaged(rng, carp)
    packet = packet_of(rng, carp)
    if rng.random() < 0.1:
        packet = damaged(rng, packet)
    vlan = rng.choice((None, None, 100, 0x6064, 0, 7))
    whole = spec.ether(rng.choice(DESTINATIONS[:1] * 5 + DESTINATIONS), "00:00:5e:00:01:01",
                       0x0800, packet, vlan)
    if rng.random() < 0.3:
        whole = spec.pad60(whole)
    return damaged(rng, whole) if rng.random() < 0.05 else whole


def frames(seed, count):
    rng = random.Random(seed)
    return [frame(rng) for _ in range(count)]
