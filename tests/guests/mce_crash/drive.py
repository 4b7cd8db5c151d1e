# SPDX-License-Identifier: MIT
"""One machine check in guest code, with "action required"."""

from driven import STATUS_ACT


def drive(t):
    t.machine.expect("^ready$", 40)
    gdb = t.attach()
    gdb.go_to(t.guest["spin"])
    t.machine_check(more=STATUS_ACT)
    gdb.close()
    t.machine.expect(r"machine check on CPU 0 in a guest: bank 3 status b5[0-9a-f]* address 1234000", 20)
    t.check(True, "the bank is in the log")
