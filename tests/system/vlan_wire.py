#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Gives a host's kernel interfaces in VLANs, where the kernel itself has no 802.1Q.

  vlan_wire.py INTERFACE VLAN [VLAN ...]

For each VLAN a TAP interface vlanN appears in this network namespace: what is sent there leaves by
INTERFACE with the tag, and frames that come with that tag arrive there without it. Runs until it is
ended; prints `ready` when the interfaces are there.
"""

import fcntl
import os
import select
import socket
import struct
import sys

TUNSETIFF, IFF_TAP, IFF_NO_PI = 0x400454CA, 0x0002, 0x1000
SOL_PACKET, PACKET_ADD_MEMBERSHIP, PACKET_AUXDATA = 263, 1, 8
PACKET_MR_PROMISC, PACKET_OUTGOING = 1, 4
TP_STATUS_VLAN_VALID = 1 << 4
AUXDATA = struct.Struct("IIIHHHH")  # status, lengths, offsets, tag control, tag type
ETHERTYPE_VLAN, ETH_P_ALL = 0x8100, 3
ADDRESSES = 12  # bytes of the two MAC addresses
LONGEST = 2048


def open_tap(vlan):
    tap = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(tap, TUNSETIFF, struct.pack("16sH22x", b"vlan%d" % vlan, IFF_TAP | IFF_NO_PI))
    return tap


def open_wire(interface):
    wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
    wire.bind((interface, 0))
    wire.setsockopt(SOL_PACKET, PACKET_AUXDATA, 1)
    wire.setsockopt(SOL_PACKET, PACKET_ADD_MEMBERSHIP, struct.pack(
        "IHH8s", socket.if_nametoindex(interface), PACKET_MR_PROMISC, 0, bytes(8)))
    return wire


def receive(wire):
    """The next frame and its VLAN. The kernel has taken the tag out and tells it apart."""
    frame, notes, _, sender = wire.recvmsg(LONGEST, socket.CMSG_SPACE(AUXDATA.size))
    if sender[2] == PACKET_OUTGOING:
        return frame, None
    for level, kind, data in notes:
        if level == SOL_PACKET and kind == PACKET_AUXDATA:
            status, *_, control, _ = AUXDATA.unpack(data[:AUXDATA.size])
            if status & TP_STATUS_VLAN_VALID:
                return frame, control & 0x0FFF
    return frame, None


def main():
    interface, vlans = sys.argv[1], [int(vlan) for vlan in sys.argv[2:]]
    taps = {vlan: open_tap(vlan) for vlan in vlans}
    wire = open_wire(interface)
    print("ready", flush=True)
    while True:
        ready, _, _ = select.select([wire, *taps.values()], [], [])
        for vlan, tap in taps.items():
            if tap in ready:
                frame = os.read(tap, LONGEST)
                tag = struct.pack("!HH", ETHERTYPE_VLAN, vlan)
                wire.send(frame[:ADDRESSES] + tag + frame[ADDRESSES:])
        if wire in ready:
            frame, vlan = receive(wire)
            if vlan in taps:
                try:
                    os.write(taps[vlan], frame)
                except OSError:
                    pass  # nobody has set the interface up yet


if __name__ == "__main__":
    main()
