# SPDX-License-Identifier: MIT
"""Follow the ways in and out: which measures are met, and in which order."""

STEPS = 6000
ZF = 1 << 6

# IBRS, STIBP and SSBD in the hypervisor; the last two in guests.
IN = ["forget branches", "SPEC_CTRL 7", "CR3", "32 calls", "handler"]
OUT = ["CR3", "SPEC_CTRL 6", "clear buffers", "return"]


def measure(t, code, regs):
    """What the instruction at hand does, if it is a measure."""
    if code.startswith(b"\x0f\x30"):
        if regs["rcx"] & 0xffffffff == 0x49 and regs["rax"] & 0xffffffff == 1:
            return "forget branches"
        if regs["rcx"] & 0xffffffff == 0x48:
            return f"SPEC_CTRL {regs['rax'] & 0xffffffff}"
    if code.startswith(b"\x0f\x22") and code[2] & 0xf8 == 0xd8:
        return "CR3"
    if code.startswith(b"\x0f\x00") and code[2] & 0x38 == 0x28:
        return "clear buffers"
    if code.startswith((b"\x48\x0f\x07", b"\x48\xcf")):
        return "return"
    return None


def follow(t, end, handlers=()):
    """Step to @end: the measures met; a handler's own instructions are passed over."""
    seen, calls = [], 0
    for _ in range(STEPS):
        regs = t.gdb.regs()
        if regs["rip"] == end:
            return seen
        if regs["rip"] in handlers:
            seen += ([f"{calls - 1} calls"] if calls > 1 else []) + ["handler"]
            t.gdb.go_to(t.gdb.word(regs["rsp"]))
            continue
        code = t.gdb.read(regs["rip"], 3)
        calls += code.startswith(b"\xe8") and "handler" not in seen
        what = measure(t, code, regs)
        t.gdb.step()
        if what == "clear buffers" and not t.gdb.regs()["eflags"] & ZF:
            what = "a selector that does not clear buffers"
        if what:
            seen.append(what)
    return seen + ["no end"]


def expect(t, what, seen, want):
    t.check(seen == want, f"{what}: {', '.join(seen)}")


def drive(t):
    t.machine.expect("^ready$", 40)
    gdb, hv, guest = t.attach(), t.hv, t.guest
    start, back = guest["drive_call"], guest["drive_back"]

    gdb.go_to(start)
    expect(t, "a hypercall", follow(t, back, (hv["entry_syscall_guest"],)), IN + OUT)

    gdb.go_to(hv["entry_common"])
    while gdb.word(gdb.regs()["rsp"]) >> 32 != 14:
        gdb.go_to(hv["entry_common"])
    expect(t, "a page fault", follow(t, hv["entry_exit"], (hv["entry_trap_guest"],)), IN)

    # The window: our value is no longer, or not yet, in the register.
    gdb.go_to(start)
    at = hv["entry_exit_mitigated"]
    gdb.go_to(at)
    while measure(t, gdb.read(gdb.regs()["rip"], 3), gdb.regs()) != "clear buffers":
        gdb.step()
    window = gdb.regs()["rip"]
    t.nmi()
    gdb.go_to(hv["entry_ist"])
    expect(t, "an NMI on the way out", follow(t, window, (hv["ist_nested"],)),
           ["SPEC_CTRL 7", "CR3", "handler", "CR3", "return"])

    gdb.write(guest["drive_stop"], b"\x01")
    switched = []
    for _ in range(4):
        gdb.go_to(hv["vcpu_switch"])
        switched.append(follow(t, gdb.word(gdb.regs()["rsp"])).count("forget branches"))
    t.check(switched == [1] * 4, f"at changes of vCPUs branches are forgotten: {switched}")
    gdb.write(guest["drive_stop"], b"\x02")
    gdb.close()
