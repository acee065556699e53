#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""Many clients on one interface: asks for an address in the name of each, and checks the answers.

  arp_clients.py INTERFACE[:VLAN] ADDRESS VHID [VHID ...]

Clients are FIRST to LAST below of the address's /24, each with a MAC address of its own. Each must
get exactly one answer, from the virtual MAC address of the vhid at place `client address mod number
of vhids`. Exit: 0 so it was, 1 with one line per client for which it was not.
"""

import socket
import struct
import sys
import time

FIRST, LAST = 20, 219  # clear of the hosts' own addresses
ARP = struct.Struct("!HHBBH6s4s6s4s")
ETHERNET_SIZE = 14
ETHERTYPE_ARP, ETHERTYPE_VLAN = 0x0806, 0x8100
REQUEST, REPLY = 1, 2
# After the last request; far more than an answer takes, and never waited for in vain but once.
LISTEN_S = 2.0


def mac_of_client(address):
    return b"\x02\x00" + address


def request(sender, target, vlan):
    mac = mac_of_client(sender)
    tag = struct.pack("!HH", ETHERTYPE_VLAN, int(vlan)) if vlan else b""
    return b"\xff" * 6 + mac + tag + struct.pack("!H", ETHERTYPE_ARP) + ARP.pack(
        1, 0x0800, 6, 4, REQUEST, mac, sender, bytes(6), target)


def collect(link, target, until, answers):
    """Notes every reply about `target` by the client it went to. The kernel took the tag out."""
    while (left := until - time.monotonic()) > 0:
        link.settimeout(left)
        try:
            frame = link.recv(2048)
        except socket.timeout:
            return
        if len(frame) < ETHERNET_SIZE + ARP.size:
            continue
        arp = ARP.unpack_from(frame, ETHERNET_SIZE)
        if arp[4] == REPLY and arp[6] == target and arp[8] in answers:
            answers[arp[8]].append((frame[6:12], arp[5]))


def fault_of(client, heard, vhids):
    """What is wrong with the answers that `client` heard; None if nothing is."""
    vhid = vhids[int.from_bytes(client, "big") % len(vhids)]
    virtual_mac = bytes((0, 0, 0x5E, 0, 1, vhid))
    if heard == [(virtual_mac, virtual_mac)]:
        return None
    macs = " ".join(f"{source.hex(':')}/{sender.hex(':')}" for source, sender in heard)
    return f"{socket.inet_ntoa(client)}: {len(heard)} answers, wanted one of {vhid}: {macs}"


def main():
    interface, address, *words = sys.argv[1:]
    target, vhids = socket.inet_aton(address), [int(word) for word in words]
    link = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETHERTYPE_ARP))
    name, _, vlan = interface.partition(":")
    link.bind((name, ETHERTYPE_ARP))
    clients = (target[:3] + bytes((octet,)) for octet in range(FIRST, LAST + 1))
    answers = {client: [] for client in clients if client != target}
    for client in answers:
        link.send(request(client, target, vlan))
        collect(link, target, time.monotonic() + 0.002, answers)
    collect(link, target, time.monotonic() + LISTEN_S, answers)
    faults = [fault for client, heard in answers.items() if (fault := fault_of(client, heard, vhids))]
    print("\n".join(faults[:10]), end="\n" if faults else "")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
