# SPDX-License-Identifier: BSD-3-Clause
"""The hugepages that the machine has: pools, mounts, and files in the mounts."""

import os
import re
from collections import defaultdict
from dataclasses import dataclass, field

from host.processes import held_inodes, processes

SIZES_KB = {"2M": 2048, "1G": 1048576}


def size_name(size_kb):
    return f"{size_kb >> 20}G" if size_kb >= 1 << 20 else f"{size_kb >> 10}M"


@dataclass(frozen=True)
class Pool:
    """Pages of one size on one NUMA node."""
    node: int
    size_kb: int
    total: int
    free: int
    folder: str

    @property
    def count_file(self):
        return f"{self.folder}/nr_hugepages"


def read_pools(machine):
    """Of every node; a kernel without NUMA has one list, which counts as node 0."""
    folders = [(int(name[4:]), f"/sys/devices/system/node/{name}/hugepages")
               for name in machine.names("/sys/devices/system/node")
               if re.fullmatch(r"node\d+", name)]
    pools = []
    for node, folder in sorted(folders) or [(0, "/sys/kernel/mm/hugepages")]:
        for name in machine.names(folder):
            size_kb = re.fullmatch(r"hugepages-(\d+)kB", name)
            if size_kb:
                pool = f"{folder}/{name}"
                pools.append(Pool(node, int(size_kb[1]), int(machine.read(f"{pool}/nr_hugepages", "0")),
                                  int(machine.read(f"{pool}/free_hugepages", "0")), pool))
    return sorted(pools, key=lambda pool: (pool.node, pool.size_kb))


def default_size_kb(machine):
    """The size that vm.nr_hugepages and a mount without `pagesize=` mean."""
    match = re.search(r"^Hugepagesize:\s*(\d+) kB", machine.read("/proc/meminfo"), re.MULTILINE)
    return int(match[1]) if match else SIZES_KB["2M"]


@dataclass(frozen=True)
class Mount:
    folder: str
    size_kb: int


def read_mounts(machine):
    mounts = []
    for line in machine.read("/proc/self/mounts").splitlines():
        _, folder, kind, options, *_ = line.split()
        if kind == "hugetlbfs":
            size = re.search(r"\bpagesize=(\d+)([KMG])", options)
            size_kb = int(size[1]) << " KMG".index(size[2]) * 10 - 10 if size else default_size_kb(machine)
            # The kernel writes blanks in names as \040.
            name = re.sub(r"\\(\d{3})", lambda octal: chr(int(octal[1], 8)), folder)
            mounts.append(Mount(name, size_kb))
    return mounts


@dataclass(frozen=True)
class PageFile:
    """A file that DPDK made for its memory: PREFIXmap_NUMBER."""
    path: str
    prefix: str
    bytes: int
    holders: tuple = field(default=())  # processes that have it open or mapped


def read_page_files(machine, mounts):
    found = {}  # by device and inode: the same file system may be mounted twice
    for mount in mounts:
        for name in machine.names(mount.folder):
            match = re.fullmatch(r"(.+)map_\d+", name)
            if match:
                path = f"{mount.folder}/{name}"
                try:
                    status = os.stat(machine.path(path))
                except OSError:
                    continue  # removed meanwhile
                key = status.st_dev, status.st_ino
                found.setdefault(key, PageFile(path, match[1], status.st_blocks * 512))
    if not found:
        return []
    holders = defaultdict(set)
    for process in processes(machine):
        for key in held_inodes(machine, process):
            if key in found:
                holders[key].add(process)
    return [PageFile(file.path, file.prefix, file.bytes,
                     tuple(sorted(holders[key], key=lambda process: process.id)))
            for key, file in sorted(found.items(), key=lambda item: item[1].path)]
