#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Whether every IGMP message in a capture is as the standards want it.

  igmp_reports.py FILE.pcap

TTL 1, the Router Alert option, an Ethernet destination that fits the group, both checksums. Exits 1
naming the first that is not, or where there is none at all.
"""

import socket
import struct
import sys

from scapy.all import IP, Ether, rdpcap

ROUTER_ALERT = bytes.fromhex("94040000")
IGMP = 2


def sums_up(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return total == 0xFFFF


def group_mac(address):
    low = socket.inet_aton(address)
    return "01:00:5e:%02x:%02x:%02x" % (low[1] & 0x7F, low[2], low[3])


def faults(frame):
    """What is wrong with an IGMP datagram, in words."""
    ip = frame[IP]
    data = bytes(ip)
    header = ip.ihl * 4
    if ip.ttl != 1:
        yield f"TTL {ip.ttl}"
    if data[20:header] != ROUTER_ALERT:
        yield f"options {data[20:header].hex()}"
    if not sums_up(data[:header]):
        yield "IP checksum"
    if not sums_up(data[header:ip.len]):
        yield "IGMP checksum"
    if frame[Ether].dst != group_mac(ip.dst):
        yield f"{ip.dst} in a frame to {frame[Ether].dst}"


def main():
    messages = [f for f in rdpcap(sys.argv[1]) if f.haslayer(IP) and f[IP].proto == IGMP]
    found = [f"{frame.summary()}: {fault}" for frame in messages for fault in faults(frame)]
    print(f"{len(messages)} messages", *found[:1], sep="\n")
    return 0 if messages and not found else 1


if __name__ == "__main__":
    sys.exit(main())
