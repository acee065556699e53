# SPDX-License-Identifier: BSD-3-Clause
"""How long an appliance takes from exec to its first answer, for its own address, and to BACKUP."""

import datetime
import json
import os
import time
from dataclasses import dataclass

import captures
import program

OWN = bytes([10, 255, 0, 1])


@dataclass
class Start:
    answering_s: float
    backup_s: float


def measure(place):
    capture = place.path("own.pcap")
    if not os.path.exists(capture):
        frame = captures.request(captures.SMALL, 0)
        captures.write_capture(capture, [frame[:38] + OWN + frame[42:]])
    socket, config = place.path("start.sock"), place.path("start.ini")
    with open(os.open(config, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w",
              encoding="ascii") as file:
        file.write(captures.configuration(captures.SMALL, socket, 1))
    started = place.start("start", lambda eal: program.appliance(place.binary, eal, config), capture)
    try:
        started.wait_for("it answered", lambda: sum(started.sent()) > 0)
        answering_s = time.time() - started.started_at
        started.wait_for("it was BACKUP", lambda: os.path.exists(socket) and first_backup(socket))
        return Start(answering_s, first_backup(socket) - started.started_at)
    finally:
        started.close()


def first_backup(socket):
    """Seconds since 1970, or None."""
    try:
        changes = json.loads(program.console(socket, ["show history json"]))["history"]
    except (OSError, ValueError):
        return None
    for change in changes:
        if change["to"] == "BACKUP":
            moment = datetime.datetime.fromisoformat(change["time"].replace("Z", "+00:00"))
            return moment.timestamp()
    return None
