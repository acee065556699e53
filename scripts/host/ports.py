# SPDX-License-Identifier: BSD-3-Clause
"""The network cards on the PCI bus: what they are and what drives them."""

import re
from dataclasses import dataclass

from host.machine import UNAVAILABLE, Fault

DEVICES = "/sys/bus/pci/devices"
DRIVERS = "/sys/bus/pci/drivers"
NETWORK_CLASS = "0x02"
# Drivers that hand the device to a program.
HANDING_DRIVERS = ("vfio-pci", "uio_pci_generic", "igb_uio")
# DPDK drives these cards through their kernel driver, which has to stay.
SHARING_DRIVERS = ("mlx4_core", "mlx5_core", "mana")


@dataclass(frozen=True)
class Port:
    address: str      # 0000:01:00.0
    vendor: str       # 0x8086
    device: str
    driver: str       # of the kernel; empty: none
    interfaces: tuple  # of the kernel; none when a program has the card
    node: str         # NUMA; - where the machine has one only
    group: str        # of the IOMMU; empty: there is no IOMMU
    group_mates: tuple  # (address, driver) of the other functions in the group, bridges left out
    link: str         # up, down, or - where no interface tells

    @property
    def folder(self):
        return f"{DEVICES}/{self.address}"

    @property
    def is_handed_over(self):
        return self.driver in HANDING_DRIVERS

    @property
    def title(self):
        return " ".join([self.address, *(f"({name})" for name in self.interfaces)])


def read_port(machine, address):
    folder = f"{DEVICES}/{address}"
    interfaces = tuple(interfaces_of(machine, folder))
    node = machine.read(f"{folder}/numa_node", "-1")
    group = machine.link(f"{folder}/iommu_group")
    return Port(address, machine.read(f"{folder}/vendor"), machine.read(f"{folder}/device"),
                machine.link(f"{folder}/driver"), interfaces, "-" if node == "-1" else node, group,
                tuple(group_mates(machine, group, address)), link_of(machine, interfaces))


def read_ports(machine):
    return [read_port(machine, address) for address in machine.names(DEVICES)
            if machine.read(f"{DEVICES}/{address}/class").startswith(NETWORK_CLASS)]


def interfaces_of(machine, folder):
    """A virtio card has a device of the virtio bus between itself and its interface."""
    yield from machine.names(f"{folder}/net")
    for name in machine.names(folder):
        if re.fullmatch(r"virtio\d+", name):
            yield from machine.names(f"{folder}/{name}/net")


def group_mates(machine, group, address):
    """A bridge has a kernel driver of its own, or none, and never stands in VFIO's way."""
    if not group:
        return
    for mate in machine.names(f"/sys/kernel/iommu_groups/{group}/devices"):
        if mate != address and not machine.read(f"{DEVICES}/{mate}/class").startswith("0x06"):
            yield mate, machine.link(f"{DEVICES}/{mate}/driver")


def link_of(machine, interfaces):
    """The carrier of an interface that is down cannot be read."""
    states = {machine.read(f"/sys/class/net/{name}/carrier") for name in interfaces}
    return "up" if "1" in states else "down" if "0" in states else "-"


def find_port(ports, name):
    """By PCI address, with or without the domain, or by the kernel's interface."""
    for port in ports:
        if name.lower() in (port.address, port.address.removeprefix("0000:")) or name in port.interfaces:
            return port
    raise Fault(UNAVAILABLE, f"{name}: no network card has this PCI address or interface; "
                             "without arguments all are listed")


def device_files(machine, port):
    """What a program opens to drive the port."""
    files = [f"/dev/{name}" for name in machine.names(f"{port.folder}/uio")]
    if port.driver == "vfio-pci" and port.group:
        files += [f"/dev/vfio/{port.group}", f"/dev/vfio/noiommu-{port.group}"]
    return files
