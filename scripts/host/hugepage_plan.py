# SPDX-License-Identifier: BSD-3-Clause
"""From the hugepages that are and those that are wanted to the steps between, and back again."""

import json
from dataclasses import dataclass, field

from host.hugepages import (Mount, default_size_kb, read_mounts, read_page_files, read_pools,
                            size_name)
from host.machine import UNAVAILABLE, Fault
from host.steps import FreeHugepages, MakeFolder, Remove, Run, Write

# What was before the first --apply. It is gone after the next boot, and so are the pages.
RECORD = "/run/dpdk-carp-hugepages.json"
SYSCTL = "/etc/sysctl.d/60-dpdk-carp-hugepages.conf"
UNITS = "/etc/systemd/system"


@dataclass(frozen=True)
class Request:
    memory_mib: int      # on each node
    size_kb: int
    nodes: tuple = ()    # empty: all
    persistent: bool = False
    free_leftovers: bool = False

    @property
    def pages(self):
        return -(-self.memory_mib * 1024 // self.size_kb)


@dataclass
class Plan:
    steps: list = field(default_factory=list)
    notes: list = field(default_factory=list)
    record: dict = field(default_factory=lambda: {"counts": {}, "mounts": []})


def wanted_pools(machine, request):
    pools = [pool for pool in read_pools(machine) if pool.size_kb == request.size_kb]
    if not pools:
        raise Fault(UNAVAILABLE, f"the kernel has no hugepages of {size_name(request.size_kb)}: "
                                 "choose another --size")
    unknown = set(request.nodes) - {pool.node for pool in pools}
    if unknown:
        raise Fault(UNAVAILABLE, f"there is no NUMA node {min(unknown)} with memory")
    return [pool for pool in pools if not request.nodes or pool.node in request.nodes]


def read_record(machine):
    text = machine.read(RECORD)
    return json.loads(text) if text else {"counts": {}, "mounts": []}


def plan_setup(machine, request):
    plan = Plan(record=read_record(machine))
    mounts = read_mounts(machine)
    if request.free_leftovers:
        plan.steps += free_leftovers(read_page_files(machine, mounts))
    # A pool that is large enough already stays as it is: it may be somebody else's.
    for pool in wanted_pools(machine, request):
        if pool.total < request.pages:
            plan.steps.append(Write(pool.count_file, str(request.pages)))
            plan.record["counts"].setdefault(pool.count_file, pool.total)
    if not any(mount.size_kb == request.size_kb for mount in mounts):
        add_mount(machine, request, plan)
    if request.persistent:
        keep_count(machine, request, plan)
        keep_mount(machine, request, plan)
    return plan


def free_leftovers(files):
    groups = {}
    for file in files:
        if not file.holders:
            folder, _, name = file.path.rpartition("/")
            groups.setdefault((folder, file.prefix), []).append(name)
    return [FreeHugepages(*group, tuple(names)) for group, names in groups.items()]


def own_mount(machine, size_kb):
    """Where systemd mounts the default size too; beside it for the other one."""
    default = size_kb == default_size_kb(machine)
    return Mount("/dev/hugepages" + ("" if default else size_name(size_kb)), size_kb)


def add_mount(machine, request, plan):
    mount = own_mount(machine, request.size_kb)
    plan.steps += [MakeFolder(mount.folder),
                   Run(("mount", "-t", "hugetlbfs", "-o", f"pagesize={size_name(mount.size_kb)}",
                        "hugetlbfs", mount.folder))]
    plan.record["mounts"].append(mount.folder)


def keep_count(machine, request, plan):
    """The sysctl spreads pages of the default size evenly over all nodes, and knows nothing else.
    The rest is for the kernel's arguments, which belong to the boot loader and its owner."""
    pools = [pool for pool in read_pools(machine) if pool.size_kb == request.size_kb]
    after = {pool.node: max(pool.total, request.pages)
             if not request.nodes or pool.node in request.nodes else pool.total for pool in pools}
    even = len(set(after.values())) == 1
    if request.size_kb == default_size_kb(machine) and even:
        text = f"# By setup-hugepages of dpdk-carp.\nvm.nr_hugepages = {sum(after.values())}"
        if machine.read(SYSCTL) != text:
            plan.steps.append(Write(SYSCTL, text))
        return
    count = ",".join(f"{node}:{pages}" for node, pages in after.items()) if len(after) > 1 \
        else str(sum(after.values()))
    plan.notes.append(
        "to keep the pages over a reboot give the kernel (GRUB_CMDLINE_LINUX in /etc/default/grub, "
        f"then update-grub): hugepagesz={size_name(request.size_kb)} hugepages={count}")


def unit_of(mount):
    return mount.folder.lstrip("/").replace("/", "-") + ".mount"


def keep_mount(machine, request, plan):
    mount = own_mount(machine, request.size_kb)
    size = size_name(mount.size_kb)
    if not machine.exists("/run/systemd/system"):
        plan.notes.append("to keep the mount over a reboot add to /etc/fstab: "
                          f"hugetlbfs {mount.folder} hugetlbfs pagesize={size} 0 0")
    elif mount.size_kb != default_size_kb(machine):  # systemd mounts the default size by itself
        unit = unit_of(mount)
        text = (f"# By setup-hugepages of dpdk-carp.\n[Mount]\nWhat=hugetlbfs\nWhere={mount.folder}\n"
                f"Type=hugetlbfs\nOptions=pagesize={size}\n[Install]\nWantedBy=multi-user.target")
        if machine.read(f"{UNITS}/{unit}") != text:
            plan.steps += [Write(f"{UNITS}/{unit}", text), Run(("systemctl", "enable", unit))]


def plan_undo(machine):
    plan = Plan()
    record = read_record(machine)
    plan.steps += [Run(("umount", folder)) for folder in record["mounts"]]
    plan.steps += [Write(path, str(count)) for path, count in record["counts"].items()]
    for unit in machine.names(UNITS):
        text = machine.read(f"{UNITS}/{unit}")
        if unit.endswith(".mount") and text.startswith("# By setup-hugepages of dpdk-carp."):
            plan.steps += [Run(("systemctl", "disable", unit)), Remove(f"{UNITS}/{unit}")]
    if machine.exists(SYSCTL):
        plan.steps.append(Remove(SYSCTL))
        if not record["counts"]:
            plan.notes.append("how many pages there were before this boot is not known; the pages "
                              "themselves go with the next one")
    if machine.exists(RECORD):
        plan.steps.append(Remove(RECORD))
    return plan
