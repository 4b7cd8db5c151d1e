# SPDX-License-Identifier: MIT
"""256 MiB through each disk and 100 through each card: q35 and pc, 1 and 6 GiB, lines and messages."""

import devices

TIER = "test-all"
MACHINES = [("qemu64,+smep,+fsgsbase", 2)]


def run(s):
    for machine_type in ("q35", "pc"):
        for memory in (1024, 6144):
            for messages in (True, False):
                before = len(s.failures)
                devices.run(s, machine_type, memory, messages, disk=256, net=100)
                where = f"{machine_type}, {memory} MiB, {'messages' if messages else 'lines'}"
                s.failures[before:] = [f"{where}: {what}" for what in s.failures[before:]]
                s.note(where + ": " + ("failed" if len(s.failures) > before else "moved"))
