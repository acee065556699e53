#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""A client that asks for addresses all the time, each request in the name of another host.

  asking_client.py INTERFACE CLIENT ADDRESS [ADDRESS ...]

Request number N of client C comes from the MAC address 02:C:N (N in four bytes), so whoever sees
an answer knows which request it answers: nothing is guessed from times. Asks for the addresses in
turn, each 25 times a second, until it is ended. It does not listen; answer_log.py does.
"""

import itertools
import socket
import struct
import sys
import time

ASKS_PER_ADDRESS_S = 25
ARP = struct.Struct("!HHBBH6s4s6s4s")
ETHERTYPE_ARP, REQUEST = 0x0806, 1


def mac_of_request(client, number):
    return struct.pack("!BBI", 2, client, number)


def request(mac, sender, target):
    return (b"\xff" * 6 + mac + struct.pack("!H", ETHERTYPE_ARP)
            + ARP.pack(1, 0x0800, 6, 4, REQUEST, mac, sender, bytes(6), target) + bytes(18))


def main():
    interface, client, *addresses = sys.argv[1:]
    targets = [socket.inet_aton(address) for address in addresses]
    # An address that nobody has: the kernel here shall not mind the answers.
    sender = targets[0][:3] + bytes((200 + int(client),))
    link = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    link.bind((interface, 0))
    pause = 1 / ASKS_PER_ADDRESS_S / len(targets)
    due = time.monotonic()
    for number, target in enumerate(itertools.cycle(targets)):
        link.send(request(mac_of_request(int(client), number), sender, target))
        # Where the machine was busy, what is late is not made up for.
        due = max(due + pause, time.monotonic())
        time.sleep(max(0.0, due - time.monotonic()))


if __name__ == "__main__":
    main()
