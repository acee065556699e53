# SPDX-License-Identifier: BSD-3-Clause
"""The guests' root: an initramfs of this machine's own programs and libraries, so that what is tested
is what was built here, with the kernel and busybox that `fetch-guest` unpacked."""

import glob
import os
import re
import shutil
import stat
import subprocess
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
PROJECT = os.path.join(HERE, "..", "..")
CACHE = os.environ.get("DPDK_CARP_VM_CACHE", os.path.expanduser("~/.cache/dpdk-carp-vm"))
DRIVERS = ("bus_pci", "bus_vdev", "mempool_ring", "net_e1000", "net_virtio", "net_vmxnet3")
MODULES = ("vfio_iommu_type1", "vfio_pci", "uio_pci_generic", "virtio_pci", "virtio_net", "e1000e", "vmxnet3",
           "af_packet")
# What the scripts import, and what that imports when it is first needed.
PYTHON = "argparse, dataclasses, encodings.ascii, encodings.latin_1, fcntl, gettext, json, locale, " \
    "pathlib, re, selectors, shlex, shutil, signal, subprocess, textwrap, threading"


def ready():
    """What is missing, in words; empty if guests can be started."""
    if not shutil.which("qemu-system-x86_64"):
        return "qemu-system-x86_64 is not installed (scripts/install-deps vm)"
    if not os.path.exists(f"{CACHE}/busybox"):
        return "no kernel for the guests (tests/vm/fetch-guest)"
    return ""


class Image:
    def __init__(self, path, programs):
        self.path = path
        self.kernel = glob.glob(f"{CACHE}/kernel/boot/vmlinuz-*")[0]
        with tempfile.TemporaryDirectory(prefix="t-image-") as folder:
            self._root = folder
            self._add_base()
            self._add_modules(os.path.basename(self.kernel).removeprefix("vmlinuz-"))
            self._add_python()
            for driver in DRIVERS:
                for library in glob.glob(f"/usr/lib/*/dpdk/pmds-*/librte_{driver}.so*"):
                    self._add(library)
            for program in programs:
                place = f"/usr/bin/{os.path.basename(program)}"
                self._add(program, place)
                subprocess.run(["strip", "--strip-debug", self._root + place], check=True)
            self._pack()

    def _add(self, source, target=None):
        """A file, at its own place unless `target` is given, and the libraries that it needs. Where the
        own place is a link, the file goes where that leads, once: a library of DPDK that is loaded by
        two names would register itself twice."""
        real = os.path.realpath(source)
        place = self._root + (target or real)
        if not target:
            link = f"{self._root}{os.path.realpath(os.path.dirname(source))}/{os.path.basename(source)}"
            if link != place and not os.path.lexists(link):
                os.makedirs(os.path.dirname(link), exist_ok=True)
                os.symlink(real, link)
        if os.path.exists(place):
            return
        os.makedirs(os.path.dirname(place), exist_ok=True)
        shutil.copy(real, place)
        listing = subprocess.run(["ldd", real], capture_output=True, text=True, check=False).stdout
        for library in re.findall(r"(/\S+) \(0x", listing):
            self._add(library)

    def _add_base(self):
        for folder in ("usr/bin", "usr/sbin", "usr/lib", "usr/lib64", "dev", "proc", "sys", "run", "tmp", "root",
                       "etc", "var/log", "var/lib"):
            os.makedirs(f"{self._root}/{folder}")
        for folder in ("bin", "sbin", "lib", "lib64"):
            os.symlink(f"usr/{folder}", f"{self._root}/{folder}")
        os.symlink("/run", f"{self._root}/var/run")  # where the EAL keeps its files
        self._add(f"{CACHE}/busybox", "/usr/bin/busybox")
        self._add(shutil.which("ip"), "/usr/bin/ip")  # busybox's has no JSON
        self._add("/sbin/modprobe")  # busybox's does not know that vfio wants vfio_iommu_type1 after it
        applets = subprocess.run([f"{CACHE}/busybox", "--list"], capture_output=True, text=True, check=True)
        for applet in applets.stdout.split():
            if not os.path.lexists(f"{self._root}/usr/bin/{applet}"):
                os.symlink("busybox", f"{self._root}/usr/bin/{applet}")
        shutil.copy(f"{HERE}/guest-init", f"{self._root}/init")
        # glibc opens it only when a thread is cancelled, so ldd does not name it.
        for library in glob.glob("/usr/lib/*-linux-gnu/libgcc_s.so.1"):
            self._add(library)

    def _add_modules(self, version):
        folder = f"{CACHE}/kernel/lib/modules/{version}"
        found = {os.path.basename(path)[:-3].replace("-", "_"): path
                 for path in glob.glob(f"{folder}/**/*.ko", recursive=True)}
        wanted = []

        def want(name):
            """Those that it depends on first; what is built in has no file."""
            if name in wanted or name not in found:
                return
            with open(found[name], "rb") as file:
                depends = re.search(rb"\0depends=([^\0]*)\0", file.read())
            for other in depends[1].decode().split(",") if depends else []:
                want(other.replace("-", "_"))
            wanted.append(name)

        for name in MODULES:
            want(name)
        target = f"{self._root}/usr/lib/modules/{version}"
        os.makedirs(target)
        for name in wanted:
            shutil.copy(found[name], target)
        for name in ("modules.builtin", "modules.builtin.modinfo", "modules.order"):
            shutil.copy(f"{folder}/{name}", target)
        subprocess.run(["/sbin/depmod", "-b", f"{self._root}/usr", version], check=True)
        with open(f"{self._root}/etc/modules", "w", encoding="utf-8") as file:
            # The drivers of the cards come up as on any host; vfio and uio are for bind-ports to load.
            file.writelines(f"{os.path.basename(found[name])}\n" for name in wanted
                            if not name.startswith(("vfio", "uio")))

    def _add_python(self):
        """The interpreter, and of its library what the scripts use."""
        say = f"import sys, {PYTHON}\nfor m in list(sys.modules.values()):\n" \
            " if getattr(m, '__file__', None): print(m.__file__)"
        files = subprocess.run(["/usr/bin/python3", "-I", "-S", "-c", say], capture_output=True, text=True, check=True)
        for path in ("/usr/bin/python3", *files.stdout.split()):
            self._add(path)
        for name in ("bind-ports", "setup-hugepages"):
            self._add(f"{PROJECT}/scripts/{name}", f"/opt/scripts/{name}")
        shutil.copytree(f"{PROJECT}/scripts/host", f"{self._root}/opt/scripts/host",
                        ignore=shutil.ignore_patterns("__pycache__"))

    def _pack(self):
        """The kernel's archive: a head of hexadecimal numbers for each name, padded to four bytes."""
        with open(self.path, "wb") as out:
            for folder, folders, names in os.walk(self._root):
                for name in [*folders, *names]:
                    path = os.path.join(folder, name)
                    self._put(out, os.path.relpath(path, self._root), path)
            self._put(out, "TRAILER!!!", None)

    @staticmethod
    def _put(out, name, path):
        mode, data = 0, b""
        if path is not None:
            mode = os.lstat(path).st_mode
            if stat.S_ISLNK(mode):
                data = os.readlink(path).encode()
            elif stat.S_ISREG(mode):
                with open(path, "rb") as file:
                    data = file.read()
        fields = (out.tell(), mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(name) + 1, 0)
        head = b"070701" + b"".join(b"%08x" % field for field in fields) + name.encode() + b"\0"
        out.write(head + bytes(-len(head) % 4) + data + bytes(-len(data) % 4))
