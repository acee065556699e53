# SPDX-License-Identifier: BSD-3-Clause
"""From the driver that a port has to the one it shall have, and back to the kernel's own."""

import re
from dataclasses import dataclass, field

from host.machine import UNAVAILABLE, Fault
from host.ports import DRIVERS
from host.steps import Remove, Run, Write

RULES = "/etc/udev/rules.d/60-dpdk-carp-ports.rules"
RULES_HEAD = "# By bind-ports of dpdk-carp: ports that programs drive, handed over at boot."
NO_IOMMU = "/sys/module/vfio/parameters/enable_unsafe_noiommu_mode"


@dataclass
class Plan:
    steps: list = field(default_factory=list)
    notes: list = field(default_factory=list)
    moved: list = field(default_factory=list)  # ports whose driver changes


def choose_driver(machine, port, wanted):
    """vfio-pci where an IOMMU keeps the card to its own memory, else uio_pci_generic."""
    may_vfio = port.group or machine.read(NO_IOMMU) == "Y"
    if wanted == "vfio-pci" and not may_vfio:
        raise Fault(UNAVAILABLE, f"{port.address}: vfio-pci needs an IOMMU and there is none: switch on "
                                 "VT-d or AMD-Vi in the firmware and give the kernel intel_iommu=on, "
                                 "or take uio_pci_generic")
    if wanted != "auto":
        return wanted
    return "vfio-pci" if port.group else "uio_pci_generic"


def plan_binding(machine, ports, wanted, persistent):
    plan = Plan()
    chosen = [(port, choose_driver(machine, port, wanted)) for port in ports]
    for driver in sorted({driver for _, driver in chosen}):
        if not machine.exists(f"{DRIVERS}/{driver}"):
            plan.steps.append(Run(("modprobe", driver)))
    for port, driver in chosen:
        if port.driver != driver:
            plan.steps += rebind(port, driver)
            plan.moved.append(port)
        plan.notes += warnings(port, driver, {mate.address for mate, _ in chosen})
    if persistent:
        plan.steps += edit_rules(machine, {port.address: rule(port, driver) for port, driver in chosen})
    return plan


def rebind(port, driver):
    """By name for this one card, never by adding its kind to the driver: that takes its sisters."""
    steps = [Write(f"{port.folder}/driver_override", driver)]
    if port.driver:
        steps.append(Write(f"{port.folder}/driver/unbind", port.address))
    return [*steps, Write("/sys/bus/pci/drivers_probe", port.address)]


def warnings(port, driver, handed_over):
    if driver != "vfio-pci":
        yield (f"{port.address}: {driver} without an IOMMU: the card, and so the program, can write all "
               "memory of this machine")
    if driver == "uio_pci_generic":
        yield f"{port.address}: uio_pci_generic needs a card with INTx, which virtual functions lack"
    if driver == "vfio-pci":
        for mate, mate_driver in port.group_mates:
            if mate_driver and mate_driver != "vfio-pci" and mate not in handed_over:
                yield (f"{port.address}: IOMMU group {port.group} also holds {mate}, driven by "
                       f"{mate_driver}: no program can open the group until that one is handed over too")


def plan_undo(machine, ports):
    """To the driver that the kernel would choose. It may have to be loaded: the alias knows it."""
    plan = Plan()
    for port in ports:
        override = machine.read(f"{port.folder}/driver_override", "(null)")  # the kernel's word for none
        if port.is_handed_over or override != "(null)":
            alias = machine.read(f"{port.folder}/modalias")
            plan.steps += [Run(("modprobe", alias), may_fail=True)] if alias else []
            plan.steps += rebind(port, "")
            plan.moved.append(port)
    plan.steps += edit_rules(machine, {port.address: None for port in ports})
    return plan


def rule(port, driver):
    """What udev does for it at boot. Address, vendor and device must all be the same, for addresses
    move when cards do. The override keeps the card's own driver away if that comes later; if it
    came first, as in many an initramfs, it is unbound."""
    return (f'ACTION=="add", SUBSYSTEM=="pci", KERNEL=="{port.address}", '
            f'ATTR{{vendor}}=="{port.vendor}", ATTR{{device}}=="{port.device}", '
            f'ATTR{{driver_override}}="{driver}", RUN+="/bin/sh -c \'modprobe {driver}; '
            f'test -e %S%p/driver && echo %k >%S%p/driver/unbind; '
            f'echo %k >/sys/bus/pci/drivers_probe\'"')


def edit_rules(machine, changes):
    """`changes` has a rule for each address, or None for none. Rules of other ports stay."""
    before = [line for line in machine.read(RULES).splitlines() if not line.startswith("#")]
    rules = {re.search(r'KERNEL=="([^"]+)"', line)[1]: line for line in before if "KERNEL==" in line}
    rules = {address: line for address, line in (rules | changes).items() if line}
    after = [rules[address] for address in sorted(rules)]
    if after == before:
        return []
    return [Write(RULES, "\n".join([RULES_HEAD, *after])) if after else Remove(RULES)]
