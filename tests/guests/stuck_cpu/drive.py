# SPDX-License-Identifier: MIT
"""A long pause of the machine, then two CPUs that hang."""

import time

LIMIT = 3
REPORT = r"^\(lamina\) watchdog: CPU {} has not answered for 3 s$"
# hlt; jmp to it: with interrupts off.  It spares the processors of the host.
HANG = b"\xf4\xeb\xfd"
FLAG_IF = 0x200


def hang(t, cpu):
    """Send a CPU to a loop in the place of a function that only the end of the machine calls."""
    place = t.hv["cpus_stop_here"]
    t.gdb.write(place, HANG, cpu)
    t.gdb.set("eflags", t.gdb.regs(cpu)["eflags"] & ~FLAG_IF, cpu)
    t.gdb.set("rip", place, cpu)


def reported(t, cpu):
    t.machine.expect(REPORT.format(cpu), 60)
    t.machine.expect(rf"^\(lamina\) CPU {cpu} vector 2 .* rip e008:", 5)
    t.machine.expect(r"cpus_stop_here\+0", 5)


def drive(t):
    t.machine.expect("^ready$", 40)
    t.machine.qmp("stop")
    time.sleep(2 * LIMIT)
    t.machine.qmp("cont")
    gdb = t.attach()
    t.check(gdb.go_to(t.guest["turn"]) == 1, "the guest runs where it was told to")
    before = t.machine.text
    t.machine.mark()
    for cpu in (2, 3):
        hang(t, cpu)
    gdb.close()
    reported(t, 2)
    t.check("has not answered" not in before, "the pause of the machine is no hang")
    t.check(True, "a CPU that hangs is reported, with registers and backtrace")
    reported(t, 3)
    t.check(True, "and the one behind it")

    gdb = t.attach()
    gdb.write(t.guest["drive_stop"], b"\x01", gdb.go_to(t.guest["turn"]))
    gdb.close()
