# SPDX-License-Identifier: BSD-3-Clause
"""Runs one of the scripts in this process, on a machine that the test made."""

import contextlib
import importlib.machinery
import importlib.util
import io
import os
import sys
from dataclasses import dataclass

SCRIPTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "scripts")
sys.dont_write_bytecode = True
sys.path.insert(0, SCRIPTS)


@dataclass(frozen=True)
class Outcome:
    code: int
    said: str     # on standard output
    fault: str    # the line on standard error


def load(name):
    loader = importlib.machinery.SourceFileLoader(name.replace("-", "_"), os.path.join(SCRIPTS, name))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(loader.name, loader))
    loader.exec_module(module)
    return module


def call(module, machine, *arguments):
    said, complained = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(complained):
        try:
            code = module.main(list(arguments), machine)
        except module.Fault as fault:
            return Outcome(fault.code, said.getvalue(), str(fault))
        except SystemExit as end:
            code = end.code
    return Outcome(code, said.getvalue(), complained.getvalue())
