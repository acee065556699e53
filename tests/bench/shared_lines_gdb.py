# SPDX-License-Identifier: BSD-3-Clause
"""Runs in gdb: steps each worker through $steps instructions, the other threads standing still, and
writes the cache lines that each touched to $answer. Its own stack and thread-local data, which
nobody else knows, are left out where the instruction says so. x86-64 only.
"""

import json
import re

import gdb

LINE = 64
SAID_AT_MOST = 4  # instructions for one line
# disp(base,index,scale), of an instruction in AT&T's words: `mov %rax,0x10(%rbx)`.
OPERAND = re.compile(r"(%\w\w:)?(-?0x[0-9a-f]+)?\((%\w+)?(?:,(%\w+))?(?:,(\d))?\)")
PREFIXES = re.compile(r"^(?:(?:data16|rex\.\w+|lock|notrack|repz?|repnz|cs|ds) +)+")
TOUCHES_NOTHING = re.compile(r"^(lea|nop|prefetch)")
# What has memory as its last operand, and only reads it.
ONLY_READS = re.compile(r"^(cmp|test|bt|push|call|jmp|i?mul|i?div)[bwlq]?$")


class Instruction:
    """Decoded once, stepped on often."""

    def __init__(self, pc):
        found = gdb.selected_frame().architecture().disassemble(pc)[0]
        text = PREFIXES.sub("", re.sub(r"<[^>]*>", "", found["asm"]).strip())
        self.text = text
        name, _, operands = text.partition(" ")
        operand = None if TOUCHES_NOTHING.match(name) else OPERAND.search(operands)
        self.touches = operand is not None and not operand.group(1)
        if not self.touches:
            return
        _, displacement, base, index, scale = operand.groups()
        self.offset = int(displacement or "0", 16)
        if base == "%rip":
            self.offset += pc + found["length"]
        self.registers = [(name[1:], factor) for name, factor in
                          ((base, 1), (index, int(scale or 1))) if name and name != "%rip"]
        last = operands.rstrip().endswith(")")
        self.writes = last and not ONLY_READS.match(name)
        self.reads = not self.writes or not name.startswith("mov")

    def line(self):
        frame = gdb.selected_frame()
        address = self.offset + sum(int(frame.read_register(name)) * factor
                                    for name, factor in self.registers)
        return hex(address % 2**64 // LINE * LINE)


def step_through(steps):
    touched = {"read": {}, "written": {}}
    decoded = {}
    for _ in range(steps):
        pc = gdb.selected_frame().pc()
        instruction = decoded.get(pc) or decoded.setdefault(pc, Instruction(pc))
        if instruction.touches:
            line = instruction.line()
            for kind, does in (("read", instruction.reads), ("written", instruction.writes)):
                if does:
                    touched[kind].setdefault(line, set()).add((pc, instruction.text))
        gdb.execute("stepi", to_string=True)
    return {kind: {line: name_of(by) for line, by in lines.items()}
            for kind, lines in touched.items()}


def name_of(instructions):
    return [f"{text} ({place_of(pc)})" for pc, text in sorted(instructions)[:SAID_AT_MOST]]


def place_of(pc):
    symbol = gdb.execute(f"info symbol {pc}", to_string=True).strip()
    return gdb.solib_name(pc) if symbol.startswith("No symbol") else symbol


def main():
    gdb.execute("set pagination off")
    gdb.execute("set scheduler-locking on")
    workers = []
    for thread in gdb.selected_inferior().threads():
        if (thread.name or "").startswith("rte-worker"):
            thread.switch()
            workers.append(step_through(int(gdb.parse_and_eval("$steps"))))
    with open(gdb.parse_and_eval("$answer").string(), "w", encoding="ascii") as answer:
        json.dump(workers, answer)


main()
