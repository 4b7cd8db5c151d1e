# SPDX-License-Identifier: MIT
"""An image that XRSTOR refuses, for the vCPU that sets a control word of its own."""

AREA_FCW, AREA_XSTATE_BV = 0, 512
CONTROL_WORD = b"\x7f\x0f"
TRIES = 50


def drive(t):
    t.machine.expect("^ready$", 60)
    gdb = t.attach()
    for tries in range(TRIES):
        gdb.go_to(t.hv["fpu_restore"])
        area = gdb.regs()["rdi"]
        if gdb.read(area + AREA_FCW, 2) == CONTROL_WORD:
            break
        gdb.step()
    t.check(gdb.read(area + AREA_FCW, 2) == CONTROL_WORD, f"it is about to run: {tries}")
    gdb.write(area + AREA_XSTATE_BV, b"\xff" * 8)
    gdb.go_to(t.hv["memset"])
    t.check(gdb.regs()["rdi"] == area, "a refused image is replaced")
    gdb.go_to(t.guest["turn"])
    gdb.write(t.guest["drive_stop"], b"\x01")
    gdb.close()
