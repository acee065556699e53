#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""flight_comments.py FILE: what a pcapng file says of each packet, a line a packet:

    INTERFACE LENGTH COMMENT

Reads by the draft alone (draft-ietf-opsawg-pcapng) and fails where a block is not whole; scapy knows
comments only where they end in a newline.
"""

import struct
import sys

SECTION, INTERFACE, PACKET = 0x0A0D0D0A, 1, 6
COMMENT, IF_NAME = 1, 2


def options(body):
    found = {}
    while body:
        code, length = struct.unpack_from("<HH", body)
        found[code] = body[4:4 + length]
        body = body[4 + (length + 3) // 4 * 4:]
        if code == 0:
            assert not body, "options go on after their end"
    return found


def blocks(data):
    while data:
        kind, length = struct.unpack_from("<II", data)
        assert length % 4 == 0 and length <= len(data), "a block is cut"
        assert struct.unpack_from("<I", data, length - 4) == (length,), "lengths of a block differ"
        yield kind, data[8:length - 4]
        data = data[length:]


def main():
    with open(sys.argv[1], "rb") as file:
        data = file.read()
    interfaces = []
    for number, (kind, body) in enumerate(blocks(data)):
        assert (kind == SECTION) == (number == 0), "one section was expected"
        if kind == INTERFACE:
            interfaces.append(options(body[8:])[IF_NAME].decode())
        if kind == PACKET:
            interface, _, _, kept, length = struct.unpack_from("<5I", body)
            comment = options(body[20 + (kept + 3) // 4 * 4:])[COMMENT].decode()
            print(interfaces[interface], length, comment)


if __name__ == "__main__":
    main()
