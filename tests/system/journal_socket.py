# SPDX-License-Identifier: BSD-3-Clause
"""Plays the journal: runs a command with a socket for stderr that JOURNAL_STREAM names, as a service
has it (systemd.exec(5)), copies what comes there to its own stderr, and prints the exit status.

  journal_socket.py COMMAND...
"""

import os
import socket
import subprocess
import sys


def main():
    journal, stream = socket.socketpair()
    status = os.fstat(stream.fileno())
    environment = dict(os.environ, JOURNAL_STREAM=f"{status.st_dev}:{status.st_ino}")
    with subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=stream, env=environment) as program:
        stream.close()
        while part := journal.recv(65536):
            sys.stderr.buffer.write(part)
    print(f"exit {program.returncode}")


main()
