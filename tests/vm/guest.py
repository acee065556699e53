# SPDX-License-Identifier: BSD-3-Clause
"""A guest: QEMU's own emulation (neither KVM nor a card is needed), its commands, its cables."""

import base64
import json
import os
import shlex
import socket
import subprocess
import tempfile
import time

PATIENCE = 600  # seconds for a boot or a command: emulated on a machine that is busy otherwise
CARDS = {"virtio": "virtio-net-pci", "e1000e": "e1000e", "vmxnet3": "vmxnet3"}


class GuestFault(Exception):
    pass


class Guest:
    def __init__(self, name, number, image, folder, cards, has_iommu):
        """`cards`: (model, segment) in the order of their slots."""
        self.name = name
        self._log = os.path.join(folder, f"{name}.console")
        self._sockets = tempfile.TemporaryDirectory(prefix="t-vm-")
        listeners = {}
        for word in ("commands", "qmp"):
            listeners[word] = socket.socket(socket.AF_UNIX)
            listeners[word].bind(f"{self._sockets.name}/{word}")
            listeners[word].listen(1)
        command = self._command(number, image, cards, has_iommu)
        with open(os.path.join(folder, f"{name}.qemu"), "w", encoding="utf-8") as log:
            log.write(shlex.join(command) + "\n")
            log.flush()
            # It ends with us, however we end.
            self._process = subprocess.Popen(["setpriv", "--pdeathsig", "KILL", "--", *command],
                                             stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self._end = time.monotonic() + PATIENCE
        self._commands, self._qmp = (self._accept(listeners[word]) for word in ("commands", "qmp"))
        self._qmp_lines = self._qmp.makefile("r")
        self._qmp_lines.readline()  # its greeting
        self.qmp("qmp_capabilities")

    def _command(self, number, image, cards, has_iommu):
        kernel = ["console=ttyS0", "quiet", "panic=-1", "mitigations=off", "nokaslr", "tsc=reliable",
                  "no_timer_check", "random.trust_cpu=on", "net.ifnames=0"]
        command = ["qemu-system-x86_64", "-name", self.name, "-nodefaults", "-no-user-config",
                   "-display", "none", "-no-reboot", "-machine", "q35", "-accel", "tcg,thread=multi",
                   "-cpu", "max", "-smp", "2", "-m", "768", "-kernel", image.kernel, "-initrd", image.path,
                   "-serial", f"file:{self._log}",
                   "-chardev", f"socket,id=c,path={self._sockets.name}/commands", "-serial", "chardev:c",
                   "-chardev", f"socket,id=q,path={self._sockets.name}/qmp",
                   "-mon", "chardev=q,mode=control"]
        if has_iommu:
            command += ["-device", "intel-iommu,intremap=on,device-iotlb=on"]
            kernel.append("intel_iommu=on")
        for slot, (model, segment) in enumerate(cards):
            device = (f"{CARDS[model]},netdev=net{slot},addr={slot + 3:#x},"
                      f"mac=52:54:00:00:{number:02x}:{slot:02x}")
            if model == "virtio" and has_iommu:
                device += ",disable-legacy=on,iommu_platform=on"
            command += ["-netdev", f"{segment.attach().replace('dgram', f'dgram,id=net{slot}', 1)}",
                        "-device", device]
        return [*command, "-append", " ".join(kernel)]

    def _alive(self):
        if self._process.poll() is not None:
            raise GuestFault(f"{self.name}: the emulator ended with {self._process.returncode}")
        if time.monotonic() > self._end:
            raise GuestFault(f"{self.name}: no answer within {PATIENCE} s")

    def _accept(self, listener):
        listener.settimeout(1)
        while True:
            try:
                connection = listener.accept()[0]
                listener.close()
                connection.settimeout(PATIENCE)
                return connection
            except socket.timeout:
                self._alive()

    def _receive(self, enough):
        """Bytes from the serial line until `enough(them)` is not None, which is returned."""
        data = b""
        self._commands.settimeout(1)
        while (found := enough(data)) is None:
            try:
                data += self._commands.recv(65536)
            except socket.timeout:
                self._alive()
        return found

    @staticmethod
    def _answer(data):
        head, end, body = data.partition(b"@ ")[2].partition(b"\n")
        if not end:
            return None
        status, length = (int(word) for word in head.split())
        return (status, body.decode(errors="replace")) if len(body) >= length else None

    def wait_up(self):
        self._receive(self._answer)

    def run(self, script):
        """(status, output) of a shell script in the guest."""
        self._end = time.monotonic() + PATIENCE
        self._commands.sendall(base64.b64encode(script.encode()) + b"\n")
        return self._receive(self._answer)

    def must(self, script):
        status, output = self.run(script)
        if status != 0:
            raise GuestFault(f"{self.name}: exit {status} of: {script}\n{output}")
        return output

    def qmp(self, execute, **arguments):
        self._qmp.sendall(json.dumps({"execute": execute, "arguments": arguments}).encode() + b"\n")
        while True:
            answer = json.loads(self._qmp_lines.readline())
            if "error" in answer:
                raise GuestFault(f"{self.name}: {execute}: {answer['error']}")
            if "return" in answer:
                return

    def set_cable(self, slot, plugged):
        self.qmp("set_link", name=f"net{slot}", up=plugged)

    def stop(self):
        self._process.kill()
        self._process.wait()
        self._commands.close()
        self._qmp_lines.close()
        self._qmp.close()
        self._sockets.cleanup()
