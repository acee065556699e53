# SPDX-License-Identifier: BSD-3-Clause
"""A machine made of files in a temporary folder, and the little of a kernel that answers when they
are written: pools of hugepages, drivers that take and leave cards, mounts."""

import json
import os
import pathlib
import shutil
import tempfile

from host.machine import Machine

NODES = "/sys/devices/system/node"
DEVICES = "/sys/bus/pci/devices"
DRIVERS = "/sys/bus/pci/drivers"


class FakeMachine(Machine):
    def __init__(self):
        super().__init__(tempfile.mkdtemp(prefix="t-host-"))
        self.commands = []       # that changed something
        self.native_driver = {}  # what the kernel would choose for a card, if it is loaded
        self.refusing = set()    # drivers whose probe fails
        self.pages_max = {}      # what a node can give, by its count file
        self.put("/commands/log", "")
        self.put("/proc/meminfo", "MemTotal: 1 kB\nHugepagesize:    2048 kB")
        self.put("/proc/self/mounts", "proc /proc proc rw 0 0")
        self.put(f"{DRIVERS}_probe", "")
        self.add_process(1, 0, "init")
        self.network([])

    def remove(self):
        shutil.rmtree(self.root)

    def put(self, name, text):
        path = pathlib.Path(self.path(name))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text + "\n", encoding="utf-8")

    def put_link(self, name, target):
        path = pathlib.Path(self.path(name))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.symlink_to(target)

    def add_process(self, number, parent, name, environment=""):
        self.put(f"/proc/{number}/stat", f"{number} ({name}) S {parent} 1 1")
        self.put(f"/proc/{number}/comm", name)
        self.put(f"/proc/{number}/environ", environment)
        self.put(f"/proc/{number}/maps", "")
        os.makedirs(self.path(f"/proc/{number}/fd"))

    def called_by(self, number):
        """Makes this very process a child of that one."""
        self.put(f"/proc/{os.getpid()}/stat", f"{os.getpid()} (python3 x) S {number} 1 1")

    # Hugepages.

    def add_pool(self, node, size_kb, total, pages_max=10000):
        folder = f"{NODES}/node{node}/hugepages/hugepages-{size_kb}kB"
        self.put(f"{folder}/nr_hugepages", str(total))
        self.put(f"{folder}/free_hugepages", str(total))
        self.pages_max[f"{folder}/nr_hugepages"] = pages_max

    def add_mount(self, folder, options="rw,pagesize=2M"):
        os.makedirs(self.path(folder.replace(r"\040", " ")), exist_ok=True)
        mounts = self.read("/proc/self/mounts")
        self.put("/proc/self/mounts", f"{mounts}\nhugetlbfs {folder} hugetlbfs {options} 0 0")

    def pages(self, node, size_kb=2048):
        return int(self.read(f"{NODES}/node{node}/hugepages/hugepages-{size_kb}kB/nr_hugepages"))

    # Cards.

    def add_card(self, address, driver, interface=None, group=None, virtio=False, kind="0x020000"):
        folder = f"{DEVICES}/{address}"
        for name, text in (("class", kind), ("vendor", "0x8086"), ("device", "0x10d3"), ("numa_node", "1"),
                           ("modalias", f"pci:{address}"), ("driver_override", "(null)")):
            self.put(f"{folder}/{name}", text)
        self.native_driver[address] = (driver, interface, virtio)
        if group is not None:
            self.put_link(f"{folder}/iommu_group", f"../groups/{group}")
            self.put(f"/sys/kernel/iommu_groups/{group}/devices/{address}", "")
        if driver:
            self.load(driver)
            self.bind(address, driver)

    def load(self, driver):
        os.makedirs(self.path(f"{DRIVERS}/{driver}"), exist_ok=True)
        self.put(f"{DRIVERS}/{driver}/unbind", "")

    def bind(self, address, driver):
        folder = f"{DEVICES}/{address}"
        self.put_link(f"{folder}/driver", f"../../../..{DRIVERS}/{driver}")
        native, interface, virtio = self.native_driver[address]
        if driver == native and interface:
            os.makedirs(self.path(f"{folder}/{'virtio3/' if virtio else ''}net/{interface}"))

    def unbind(self, address):
        os.unlink(self.path(f"{DEVICES}/{address}/driver"))
        for folder in ("net", "virtio3"):
            shutil.rmtree(self.path(f"{DEVICES}/{address}/{folder}"), ignore_errors=True)

    def driver(self, address):
        return self.link(f"{DEVICES}/{address}/driver")

    def network(self, links, routes4=(), routes6=(), way=()):
        """What `ip -json` says. A link: name, flags, [address/length]."""
        made = [{"ifname": name, "flags": flags, "addr_info": [
            {"local": text.partition("/")[0], "prefixlen": int(text.partition("/")[2]),
             "scope": "link" if text.startswith("fe80") else "global"} for text in addresses]}
            for name, flags, addresses in links]
        self.put("/commands/ip -json address show", json.dumps(made))
        for family, routes in (("-4", routes4), ("-6", routes6)):
            self.put(f"/commands/ip -json {family} route show table all default", json.dumps(list(routes)))
        for peer, interface in way:
            self.put(f"/commands/ip -json route get {peer}", json.dumps([{"dev": interface}]))

    def set_carrier(self, interface, text):
        self.put(f"/sys/class/net/{interface}/carrier", text)

    def stack(self, lower, upper):
        self.put(f"/sys/class/net/{lower}/upper_{upper}", "")

    # The kernel.

    def write(self, name, text):
        if name in self.pages_max:
            text = str(min(int(text), self.pages_max[name]))
            self.put(name.replace("nr_", "free_"), text)
        elif name.endswith("/driver_override"):
            text = text or "(null)"
        elif name.endswith("/unbind"):
            self.unbind(text)
            return
        elif name == f"{DRIVERS}_probe":
            self.probe(text)
            return
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)  # /etc is there on a machine
        super().write(name, text)

    def probe(self, address):
        override = self.read(f"{DEVICES}/{address}/driver_override")
        driver = self.native_driver[address][0] if override == "(null)" else override
        if driver in self.refusing:
            raise OSError(19, "No such device")
        if driver and self.exists(f"{DRIVERS}/{driver}"):
            self.bind(address, driver)

    def run(self, *command):
        self.commands.append(" ".join(command))
        if command[0] == "modprobe":
            name = command[1]
            self.load(self.native_driver[name[4:]][0] if name.startswith("pci:") else name)
        elif command[0] == "mount":
            self.add_mount(command[-1], f"rw,{command[4]}")
        elif command[0] == "umount":
            lines = self.read("/proc/self/mounts").splitlines()
            self.put("/proc/self/mounts", "\n".join(line for line in lines if command[1] not in line.split()))
