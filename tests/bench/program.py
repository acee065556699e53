# SPDX-License-Identifier: BSD-3-Clause
"""A DPDK program that takes turns with others on one core.

Each is asked for its counters by DPDK's own telemetry, so that all are measured by one stick. A
program whose turn it is not is stopped (SIGSTOP); all are ended by their process id.
"""

import glob
import json
import os
import shutil
import signal
import socket
import subprocess
import time
from dataclasses import dataclass

START_S_MAX = 60
# A turn in which the worker had less of the core than this says nothing, and is played again.
ON_CORE_MIN = 0.5
TRIES_MAX = 10
RUNTIME = "/var/run/dpdk"  # root's


@dataclass
class Sample:
    at_s: float  # wall clock
    waited_s: list  # by worker: its time in the run queue so far
    frames: list  # by worker: sent so far


class Program:
    def __init__(self, name, arguments, prefix, workers, ports, log):
        self.name = name
        self.prefix = prefix
        # How many: lcores 1, 2, ..., of which each serves the queue before it, counted over all ports.
        self.workers = workers
        self.ports = ports
        self.log = log
        self.started_at = time.time()
        with open(log, "wb") as output:
            self.process = subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=output,
                                            stderr=subprocess.STDOUT)
        self.telemetry = None

    def fail(self, what):
        with open(self.log, encoding="utf-8", errors="replace") as log:
            raise RuntimeError(f"{self.name} {what}:\n" + "".join(log.readlines()[-12:]))

    def wait_for(self, what, condition):
        """Returns what `condition` gives as soon as that is true."""
        end = time.monotonic() + START_S_MAX
        while time.monotonic() < end:
            if self.process.poll() is not None:
                self.fail(f"ended before {what}")
            if result := condition():
                return result
            time.sleep(0.0005)
        return self.fail(f"took too long until {what}")

    def runtime_folder(self):
        return os.path.join(RUNTIME, self.prefix)

    def connect(self):
        """To its telemetry."""
        path = os.path.join(self.runtime_folder(), "dpdk_telemetry.v2")

        def attempt():
            peer = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            try:
                peer.connect(path)
            except OSError:
                peer.close()
                return None
            peer.recv(65536)
            return peer

        self.telemetry = self.wait_for("its telemetry answered", attempt)

    def sent(self):
        """By worker."""
        return sum((self.sent_on(port) for port in range(self.ports)), [])

    def sent_on(self, port):
        """By queue."""
        queues = self.workers // self.ports
        try:
            self.telemetry.send(f"/ethdev/stats,{port}".encode())
            stats = json.loads(self.telemetry.recv(65536))["/ethdev/stats"]
        except (OSError, ValueError):
            self.fail("does not answer")
        return stats["q_opackets"][:queues] if stats else [0] * queues

    def find_workers(self):
        """Their threads, by the names that the EAL gives them."""
        names = {}
        for task in glob.glob(f"/proc/{self.process.pid}/task/*"):
            with open(task + "/comm", encoding="ascii") as comm:
                names[comm.read().strip()] = task
        self.worker_files = [names[f"rte-worker-{lcore}"] + "/schedstat"
                             for lcore in range(1, self.workers + 1)]

    def waited_s(self):
        waited = []
        for path in self.worker_files:
            with open(path, encoding="ascii") as schedstat:
                waited.append(int(schedstat.read().split()[1]) / 1e9)
        return waited

    def sample(self):
        before = time.monotonic()
        frames = self.sent()
        after = time.monotonic()
        return Sample((before + after) / 2, self.waited_s(), frames)

    def turn(self, seconds):
        """Lets it run that long alone; frames per second of its workers' time on their cores."""
        for _ in range(TRIES_MAX):
            self.resume()
            time.sleep(0.05)
            begin = self.sample()
            time.sleep(seconds)
            end = self.sample()
            self.pause()
            rates = [rate_between(begin, end, worker) for worker in range(self.workers)]
            if all(rates):
                return sum(rates)
        raise RuntimeError(f"{self.name} did not get half of its core: somebody else is at work here")

    def pause(self):
        os.kill(self.process.pid, signal.SIGSTOP)

    def resume(self):
        os.kill(self.process.pid, signal.SIGCONT)

    def close(self):
        if self.telemetry:
            self.telemetry.close()
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        # EAL's, which it leaves behind.
        shutil.rmtree(self.runtime_folder(), ignore_errors=True)


def rate_between(begin, end, worker):
    """Frames a second on the core; None where the worker had too little of it to tell."""
    elapsed = end.at_s - begin.at_s
    on_core = elapsed - (end.waited_s[worker] - begin.waited_s[worker])
    frames = end.frames[worker] - begin.frames[worker]
    return frames / on_core if frames > 0 and on_core >= ON_CORE_MIN * elapsed else None


def isolate(pid, worker_cpu):
    """Somebody else at work on control's core would be measured instead of control: it runs before
    all others, as on a core of its own. The worker, which never sleeps, gets nearly all of its core.
    """
    os.sched_setscheduler(pid, os.SCHED_FIFO, os.sched_param(1))
    for task in map(int, os.listdir(f"/proc/{pid}/task")):
        if task != pid and os.sched_getaffinity(task) == {worker_cpu}:
            os.setpriority(os.PRIO_PROCESS, task, -20)


def eal_options(prefix, capture, cpus, pages, ports):
    """`cpus`: of the main lcore and of each worker, which gets a queue of its own."""
    lcores = ",".join(f"{lcore}@{cpu}" for lcore, cpu in enumerate(cpus))
    queues = ",".join([f"rx_pcap={capture}"] * ((len(cpus) - 1) // ports))
    devices = [f"--vdev=net_pcap{port},{queues},infinite_rx=1" for port in range(ports)]
    return ["--lcores", lcores, pages, "--no-pci", "-m", "128", "--file-prefix", prefix,
            "--log-level", "lib.eal:error", *devices]


def testpmd(mode, eal, workers, ports):
    queues = workers // ports
    return ["dpdk-testpmd", *eal, "--", f"--forward-mode={mode}", f"--nb-cores={workers}",
            f"--rxq={queues}", f"--txq={queues}", "--burst=32", "--port-topology=loop",
            "--total-num-mbufs=16384", "--no-mlockall"]


def appliance(binary, eal, config):
    return [binary, *eal, "--", "--config", config]


def console(socket_path, lines):
    """The answers to console lines, over the UNIX socket."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as peer:
        peer.connect(socket_path)
        peer.sendall("".join(line + "\n" for line in lines).encode())
        peer.shutdown(socket.SHUT_WR)
        answer = b""
        while chunk := peer.recv(65536):
            answer += chunk
    return answer.decode()
