# SPDX-License-Identifier: MIT
"""What a proof that is driven from outside has at hand.

The names of the hypervisor and of the tiny guest become addresses, and what
only a machine can do (a non-maskable interrupt, a machine check, an odd value
in a register) is done between two instructions.
"""

import subprocess

STATUS_VALID = 1 << 63
STATUS_UC = 1 << 61
STATUS_EN = 1 << 60
STATUS_ADDRV = 1 << 58
STATUS_PCC = 1 << 57
STATUS_ACT = 3 << 55
MCG_RIPV = 1
MCG_MCIP = 4

HYPERVISOR = range(0xffff800000000000, 0xffff880000000000)


def symbols(path):
    """Names of an ELF file, with their addresses."""
    out = subprocess.run(["nm", path], check=True, stdout=subprocess.PIPE, text=True).stdout
    fields = [line.split() for line in out.splitlines()]
    # The compiler may keep only a part of a function: "name.part.0".
    return {f[2].split(".")[0]: int(f[0], 16) for f in fields if len(f) == 3}


class Driven:
    """A machine that runs a tiny guest, its debugger, and where results go."""

    def __init__(self, machine, hypervisor, guest, results):
        self.machine = machine
        self.image = hypervisor
        self.hv = symbols(hypervisor)
        self.guest = symbols(guest)
        self.results = results
        self.gdb = None

    def attach(self):
        """Connect the debugger; the machine stops."""
        self.gdb = self.machine.gdb()
        return self.gdb

    def check(self, good, text):
        """One result; whether it is good."""
        self.results.append(f"{'ok' if good else 'not ok'} 0 - {text}")
        return good

    def nmi(self):
        """A non-maskable interrupt to each processor."""
        self.machine.hmp("nmi")

    def machine_check(self, cpu=0, recoverable=True, more=0, address=0x1234000):
        """An uncorrected error in bank 3: one that the processor can go on after, or not."""
        status = STATUS_VALID | STATUS_UC | STATUS_EN | STATUS_ADDRV | more
        status |= 0 if recoverable else STATUS_PCC
        mcg = MCG_MCIP | (MCG_RIPV if recoverable else 0)
        said = self.machine.hmp(f"mce {cpu} 3 {status:#x} {mcg:#x} {address:#x} 0")
        if said:
            raise RuntimeError("mce: " + said)
