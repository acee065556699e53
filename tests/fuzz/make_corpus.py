#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Writes the seeds of a fuzzer that come from the vectors of the specification.

  make_corpus.py frame|host|advert FOLDER

Each frame of vectors.json becomes one file: with the head that the fuzzer wants (see the top of
NAME_fuzz.cc), as it is and with checksums and digest made right. Other fuzzers have no vectors.
"""

import json
import struct
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FRAME_KEYS = ("frame_hex", "request_hex", "reply_unpadded_hex", "freebsd_unpadded_hex")
LENGTH_MAX = 255  # what one byte of an advert input says


def frames_of(value):
    """All frames that stand anywhere in a vector."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key in FRAME_KEYS and inner:
                yield bytes.fromhex(inner)
            else:
                yield from frames_of(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from frames_of(inner)


def frame_seeds(frame):
    """Standings of the virtual hosts, flags, frame: we are MASTER of all, port 0; and mended."""
    yield bytes(4) + b"\x00" + frame
    yield b"\x1b\x1b\x1b\x1b" + b"\x0c" + frame
    yield bytes(4) + b"\x1c" + frame  # with a kernel beside the interfaces


def host_seeds(frame):
    """Standings of the virtual hosts, flags, frame: MASTER of all and not, untagged, from the port."""
    yield bytes(2) + b"\x02" + frame
    yield b"\x1b\x1b" + b"\x02" + frame


def advert_seeds(frame):
    """How, milliseconds, port, length, frame: once as it is; signed, with a clock, and again."""
    if len(frame) > LENGTH_MAX:
        return

    def event(how, after_ms, port=0):
        return struct.pack("!BHBB", how, after_ms, port, len(frame)) + frame

    yield event(0, 100)
    yield event(0x0f, 1000) + event(0x0f, 4000) + event(0x10, 10)
    yield event(0x07, 5000, port=1) + event(0x20, 0) + event(0x07, 1000, port=1)


SEEDS = {"frame": frame_seeds, "host": host_seeds, "advert": advert_seeds}


def main():
    name, folder = sys.argv[1], Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    if name not in SEEDS:
        return
    with open(ROOT / "docs/spec/vectors.json", encoding="utf-8") as file:
        vectors = json.load(file)["vectors"]
    for vector in vectors:
        seeds = [seed for frame in frames_of(vector) for seed in SEEDS[name](frame)]
        for number, seed in enumerate(seeds):
            (folder / f"{vector['id']}-{number}").write_bytes(seed)


if __name__ == "__main__":
    main()
