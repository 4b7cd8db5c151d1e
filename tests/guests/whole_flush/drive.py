# SPDX-License-Identifier: MIT
"""Control registers while guests run, and each load of CR3 as one follows the other."""

import re
import time

PGE, PCIDE = 1 << 7, 1 << 17
STEPS = 4000
# By the number of a register in an instruction.
NAMES = "rax rcx rdx rbx rsp rbp rsi rdi r8 r9 r10 r11 r12 r13 r14 r15".split()


def loads(gdb, end):
    """The values that CR3 is loaded with, up to @end, or None if that does not come."""
    values = []
    for _ in range(STEPS):
        regs = gdb.regs()
        if regs["rip"] == end:
            return values
        code = gdb.read(regs["rip"], 4)
        high = 8 if code[0] & 0xf9 == 0x41 else 0
        code = code[1:] if code[0] & 0xf0 == 0x40 else code
        if code.startswith(b"\x0f\x22") and code[2] & 0xf8 == 0xd8:
            values.append(regs[NAMES[high + (code[2] & 7)]])
        gdb.step()
    return None


def drive(t):
    t.machine.expect("^ready$", 40)
    seen = set()
    for _ in range(10):
        t.machine.qmp("stop")
        text = t.machine.hmp("info registers")
        cr3, cr4 = (int(re.search(name + r"=(\w+)", text).group(1), 16) for name in ("CR3", "CR4"))
        seen.add((cr4 & (PGE | PCIDE), cr3 & 0xfff))
        t.machine.qmp("cont")
        time.sleep(0.05)
    t.check(seen == {(0, 0)}, f"CR4.PGE, CR4.PCIDE and the low bits of CR3 are clear: {seen}")
    gdb, switches, bad = t.attach(), 0, []
    for _ in range(6):
        gdb.go_to(t.hv["vcpu_switch"])
        regs = gdb.regs()
        values = loads(gdb, gdb.word(regs["rsp"]))
        switches += 1
        if not values or any(v & 0xfff or v >> 63 for v in values):
            bad.append(values)
    t.check(not bad, f"{switches} switches, each a load of CR3 that flushes all: {bad}")
    # Only dom0 does this; the others have the same addresses.
    gdb.go_to(t.guest["sleep_until"])
    gdb.write(t.guest["drive_stop"], b"\x01")
    gdb.close()
