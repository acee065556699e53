# SPDX-License-Identifier: BSD-3-Clause
"""Plays the service manager: prints each line that a service tells it, as sd_notify(3) does.

  service_manager.py SOCKET
"""

import os
import socket
import sys


def main():
    manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    manager.bind(sys.argv[1])
    os.chmod(sys.argv[1], 0o666)
    print("listening", flush=True)
    while True:
        print(manager.recv(4096).decode(), end="", flush=True)


main()
