# SPDX-License-Identifier: MIT
"""What a scenario is given: its machine's shape, checks, and waiting."""

import dataclasses
import os
import time

import machine
from dom0 import Dom0
from qemu import PATIENCE, Machine, Timeout


@dataclasses.dataclass(frozen=True)
class Combo:
    """One point of the test matrix."""

    cpu: str
    smp: int
    hv: str = "lamina"
    tools: str = "lamina"

    def __str__(self):
        system = self.hv if self.hv == self.tools else f"{self.hv}-{self.tools}"
        return f"{system}-{self.cpu.replace(',', '+').replace('=', '-')}-smp{self.smp}"


class Skipped(Exception):
    """The scenario cannot run here; says why."""


class Scenario:
    """One run of one scenario file on one combo.  Checks collect; nothing prints."""

    def __init__(self, name, combo, rounds, turn=0):
        self.combo = combo
        self.rounds = rounds
        self.turn = turn
        suffix = f"-{turn}" if turn else ""
        self.log = os.path.join(machine.BUILD, "test-logs", f"{name}-{combo}{suffix}.log")
        self.failures = []
        self.notes = []
        self._machines = []

    def check(self, condition, what):
        """Note a claim; the scenario goes on, and fails at its end if it is false."""
        if not condition:
            self.failures.append(what)

    def equal(self, got, want, what):
        self.check(got == want, f"{what}: got {got!r}, want {want!r}")

    def note(self, text):
        """A line of information behind the result."""
        self.notes.append(text)

    def skip(self, why):
        raise Skipped(why)

    def dom0(self, combo=None, **kwargs):
        """A machine, booted to the control domain's shell; combo: of another shape than the run's."""
        dom0 = Dom0(combo or self.combo, self._log_path(), **kwargs)
        self._machines.append(dom0)
        return dom0.boot()

    def starting_dom0(self, combo=None, **kwargs):
        """The same, not waited for."""
        dom0 = Dom0(combo or self.combo, self._log_path(), **kwargs)
        self._machines.append(dom0)
        return dom0

    def machine(self, **kwargs):
        """A machine with another kernel or image; not waited for."""
        made = Machine(machine.qemu_arguments(self.combo.hv, smp=self.combo.smp,
                                              cpu=self.combo.cpu, **kwargs), self._log_path())
        self._machines.append(made)
        return made

    def _log_path(self):
        if not self._machines:
            return self.log
        return self.log.replace(".log", f".{len(self._machines) + 1}.log")

    @staticmethod
    def wait(what, condition, timeout=60, every=0.5):
        """Poll condition() until it holds; its value."""
        end = time.monotonic() + timeout * PATIENCE
        while True:
            value = condition()
            if value:
                return value
            if time.monotonic() > end:
                raise Timeout(f"{what}: not within {timeout} s")
            time.sleep(every)

    def close(self):
        for made in self._machines:
            made.close()
