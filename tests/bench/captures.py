# SPDX-License-Identifier: BSD-3-Clause
"""Requests as capture files, and the configuration of the appliance that answers them all.

The same load as load.cc makes for process(): many clients ask for all addresses in turn; vhosts are
dealt to the interfaces (VLANs of one port), addresses to the vhosts.
"""

import struct
from dataclasses import dataclass

FIRST_VLAN = 100
SHORTEST_FRAME = 60


@dataclass(frozen=True)
class Load:
    name: str
    addresses: int = 1
    vhosts: int = 1
    interfaces: int = 1
    tagged: bool = False
    requests: int = 4000

    def interface_of(self, address):
        return address % self.vhosts % self.interfaces


# Few clients: the capture stays in the cache, and the driver's own cost is as low as it gets.
SMALL = Load("small", requests=256)
TAGGED = Load("tagged", tagged=True)
LARGE = Load("large", addresses=4000, vhosts=255, interfaces=16, tagged=True)


def ipv4(block, number):
    return bytes([10, block + (number >> 16), number >> 8 & 255, number & 255])


def dotted(address):
    return ".".join(str(octet) for octet in address)


def request(load, number):
    """The ARP request of client `number`."""
    client = bytes([2, 0, 0, 1, number >> 8, number & 255])
    asked = number % load.addresses
    tag = struct.pack(">HH", 0x8100, FIRST_VLAN + load.interface_of(asked)) if load.tagged else b""
    return (b"\xff" * 6 + client + tag + struct.pack(">HHHBBH", 0x0806, 1, 0x0800, 6, 4, 1) +
            client + ipv4(128, number + 1) + bytes(6) + ipv4(0, asked + 1)).ljust(SHORTEST_FRAME, b"\0")


def write_capture(path, frames):
    with open(path, "wb") as capture:
        capture.write(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1))
        for frame in frames:
            capture.write(struct.pack("<IIII", 0, 0, len(frame), len(frame)) + frame)


def write_requests(load, path):
    write_capture(path, (request(load, number) for number in range(load.requests)))


def configuration(load, socket, advbase, ports=1, idle="poll"):
    """carp.ini, with the same on each port. `advbase` is long where the appliance will be stopped
    for turns of others.
    """
    lines = ["[control]", "listen = off", f"socket = {socket}",
             "[global]", f"state_dir = {socket}.state", "[workers]", f"idle = {idle}"]
    for port in range(ports):
        lines += on_port(load, advbase, port)
    return "\n".join(lines) + "\n"


def on_port(load, advbase, port):
    lines = []
    first = port * load.interfaces
    for interface in range(load.interfaces):
        lines += [f"[interface lan{first + interface}]", f"port = net_pcap{port}",
                  # Sizes the pool: a net_pcap that repeats its capture holds all of its frames.
                  "rx_descriptors = 8192", f"address = 10.255.{first + interface}.1/16"]
        if load.tagged:
            lines.append(f"vlan = {FIRST_VLAN + interface}")
    for vhost in range(load.vhosts):
        lines += [f"[carp{port * load.vhosts + vhost}]", f"vhid = {vhost + 1}",
                  f"advbase = {advbase}", "pass = bench",
                  f"interface = lan{first + vhost % load.interfaces}"]
        lines += [f"address = {dotted(ipv4(0, address + 1))}/9"
                  for address in range(vhost, load.addresses, load.vhosts)]
    return lines
