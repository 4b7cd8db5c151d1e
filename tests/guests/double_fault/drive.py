# SPDX-License-Identifier: MIT
"""The stack pointer into the guard page of CPU 0 (hypervisor/x86/layout.h)."""

STACK = 0xffff80804000a000


def drive(t):
    t.machine.expect("^ready$", 40)
    gdb = t.attach()
    gdb.go_to(t.hv["hypercall_dispatch"])
    gdb.set("rsp", STACK)
    gdb.close()
    t.machine.expect(r"^\(lamina\) CPU 0 vector 8 .* rip e008:[0-9a-f]{16}", 20)
    t.machine.expect(r"rsp e0..:ffff80804000a000|rsp 0000:ffff80804000a000", 5)
    t.machine.expect(r"hypercall_dispatch\+0", 5)
    t.machine.expect(r"PANIC on CPU 0: stack overflow at ffff8080", 20)
    t.check(True, "a panic from a stack of its own, with registers and reason")
    return True
