# SPDX-License-Identifier: MIT
"""Whether the checker can fail: each error that it is to find, planted behind its back."""

import os
import re

import build
from qemu import Died, Machine, Timeout

# What tests/hypervisor/checker/plant.c knows, and what must be said of it.
ERRORS = [
    ("writable", r"L1 .* maps type \S+ writable"),
    ("foreign", r"maps a frame of \w+ without a right"),
    ("supervisor", "is no user mapping"),
    ("global", "is global"),
    ("level", "another level"),
    ("large", "is a large page"),
    ("slot", "L4 .* slot .* is not ours"),
    ("use+", r"only \d+ references, \d+ uses found"),
    ("use-", r"another level|but \d+ references, \d+ uses found"),
    ("ref+", r"only \d+ references, \d+ uses found"),
    ("ref-", r"but \d+ references, \d+ uses found"),
    ("pin", r"but \d+ references, \d+ uses found"),
]


def found(what, complaint, cpu, logs):
    """None, or why the planted error was not found."""
    options = ("console=com1 com1=115200,8n1 noreboot dom0_mem=64M loglvl=all guest_loglvl=error"
               f" plant={what}")
    argv = ["-cpu", cpu, "-m", "256", "-kernel", build.hypervisor("debug"), "-append", options,
            "-initrd", f"{build.guest()} seed=3 ops=30000"]
    with Machine(argv, os.path.join(logs, f"planted-{what}.log")) as machine:
        try:
            line = machine.expect(r"PANIC.*checker: .*\n|^1\.\.\d+\n", 60).group(0)
        except (Died, Timeout) as error:
            return str(error)
        if "checker" not in line:
            return "the checker said nothing"
        return None if re.search(complaint, line) else line.rstrip()
