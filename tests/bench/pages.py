# SPDX-License-Identifier: BSD-3-Clause
"""Memory pages of the programs that are measured.

On 2 MiB pages, as an administrator reserves them, or without any: what EAL has then lies on 4 KiB
pages, and the appliance asks the kernel for larger ones for its frames (lib/dpdk/large_pages).
"""

import contextlib
import time

LARGE, SMALL = "--in-memory", "--no-huge"
PAGE_MIB = 2
RESERVED = "/proc/sys/vm/nr_hugepages"


def read(path):
    with open(path, encoding="ascii") as file:
        return int(file.read())


@contextlib.contextmanager
def reserved(mib):
    """Reserves so much, and gives it back. Yields whether it is there."""
    before = read(RESERVED)
    wanted = before + mib // PAGE_MIB
    try:
        reserve(wanted)
        yield read(RESERVED) >= wanted
    finally:
        time.sleep(0.1)  # the last program's pages are free when it is gone
        reserve(before)


def reserve(pages):
    with open(RESERVED, "w", encoding="ascii") as file:
        file.write(str(pages))
