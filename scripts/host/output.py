# SPDX-License-Identifier: BSD-3-Clause
"""Output whose reader may go away (`| head`) without leaving half of the work undone."""

import io
import os
import sys


class Output(io.TextIOBase):
    def __init__(self, stream):
        self.stream = stream

    def write(self, text):
        self.attempt(lambda: self.stream.write(text))
        return len(text)

    def flush(self):
        self.attempt(self.stream.flush)

    def attempt(self, action):
        try:
            action()
        except BrokenPipeError:
            # The file descriptor as well: the interpreter flushes it once more when it ends.
            os.dup2(os.open(os.devnull, os.O_WRONLY), self.stream.fileno())


def survive_readers():
    sys.stdout = Output(sys.stdout)
