# SPDX-License-Identifier: MIT
"""Strike at every instruction of the ways in and out, one event at a time."""

from driven import HYPERVISOR

# Once the guest's handler runs, the way in that was to be struck is over.
STEPS = 10000

# Of CPU 0 (hypervisor/x86/layout.h).
SYSCALL_STUB = 0xffff808040000000
USER_CODE = 0x400000


def differences(before, after):
    return [f"{name} {before[name]:x} -> {after[name]:x}"
            for name in before if before[name] != after[name]]


def strike(t, *events):
    """Inject, run until the same instruction comes again: what has changed in the registers."""
    before = t.gdb.regs()
    t.gdb.stop_at(before["rip"])
    for event in events:
        event()
    t.gdb.go()
    after = t.gdb.regs()
    t.gdb.pass_by(before["rip"])
    return differences(before, after)


def sweep(t, what, event, end, over=()):
    """Strike each instruction once from here to @end; the functions @over run as one."""
    seen, bad, steps = set(), [], 0
    rip = t.gdb.regs()["rip"]
    while rip not in end and steps < STEPS:
        if rip in over:
            t.gdb.go_to(t.gdb.word(t.gdb.regs()["rsp"]))
        elif rip not in seen:
            seen.add(rip)
            lost = strike(t, event)
            if lost:
                bad.append(f"at {rip:x}: {', '.join(lost)}")
        t.gdb.step()
        steps += 1
        rip = t.gdb.regs()["rip"]
    inside = len([rip for rip in seen if rip in HYPERVISOR])
    t.check(not bad and steps < STEPS and inside > 100,
            f"{what}: at {len(seen)} instructions, {inside} of the hypervisor {'; '.join(bad[:3])}")


def sysretq(t):
    """Its address: the one of entry_exit, behind the load of the guest's stack pointer."""
    code = t.gdb.read(t.hv["entry_exit"], 256)
    return t.hv["entry_exit"] + code.index(b"\x48\x0f\x07")


def at_once(t, place, what):
    """An NMI at @place, the last instruction before the guest: its handler is the next to run."""
    after, handler = t.guest["kernel_compared"], t.guest["on_nmi"]
    t.gdb.go_to(after)
    t.gdb.go_to(place)
    t.gdb.stop_at(after)
    t.nmi()
    t.gdb.go_to(handler)
    first = t.gdb.regs()["rip"]
    t.gdb.pass_by(after)
    t.check(first == handler, f"{what}: the guest has its NMI at once")


def handler_of_nmi(t, place):
    """The instructions that an NMI at @place executes before the next one may come."""
    t.gdb.go_to(place)
    t.nmi()
    t.gdb.go_to(t.hv["entry_ist"])
    trail = []
    while len(trail) < 300:
        rip = t.gdb.regs()["rip"]
        if rip in (place, t.hv["entry_exit"]):
            break
        if rip not in trail:
            trail.append(rip)
        t.gdb.step()
    return trail


def nested(t, what, place):
    """An NMI at @place; at each instruction of its handler another, and a machine check."""
    bad, trail = [], handler_of_nmi(t, place)
    for rip in trail:
        t.gdb.go_to(place)
        before = t.gdb.regs()
        t.nmi()
        t.gdb.go_to(rip)
        t.nmi()
        t.machine_check()
        t.gdb.go_to(place)
        lost = differences(before, t.gdb.regs())
        if lost:
            bad.append(f"at {rip:x}: {', '.join(lost)}")
        t.gdb.step()
    t.check(not bad and 10 < len(trail) < 300,
            f"{what}: at {len(trail)} instructions {'; '.join(bad[:3])}")


def drive(t):
    t.machine.expect("^ready$", 40)
    gdb = t.attach()
    start, end = t.guest["kernel_syscall"], t.guest["kernel_resumed"]
    handler = t.guest["on_nmi"]

    gdb.go_to(start)
    sweep(t, "NMIs in a hypercall", t.nmi, (end, handler))
    gdb.go_to(start)
    sweep(t, "machine checks in a hypercall", t.machine_check, (end,), (t.hv["log_print"],))
    gdb.go_to(t.hv["emit"])
    t.check(not strike(t, t.machine_check, t.nmi), "both, under the lock of the log")
    at_once(t, sysretq(t), "NMI at the sysretq")
    nested(t, "NMI and machine check in an NMI of the guest", start)
    nested(t, "NMI and machine check in an NMI of the SYSCALL gap", SYSCALL_STUB)

    # User mode: its loop calls syscall, which the guest's kernel bounces back.
    gdb.go_to(start)
    gdb.write(t.guest["drive_user"], b"\x01")
    gdb.go_to(USER_CODE)
    t.check(not strike(t, t.nmi), "NMI in user code")
    t.check(not strike(t, t.machine_check), "machine check in user code")
    sweep(t, "NMIs in a system call", t.nmi, (handler,))
    gdb.go_to(USER_CODE)
    gdb.step()
    sweep(t, "machine checks in a system call and its return", t.machine_check, (USER_CODE,),
          (t.hv["log_print"], t.guest["on_syscall"]))
    gdb.go_to(t.guest["on_syscall"])
    gdb.write(t.guest["drive_user"], b"\x00")
    gdb.go_to(start)
    gdb.write(t.guest["drive_stop"], b"\x01")
    gdb.close()

    t.machine.expect("^deaf$", 20)
    t.nmi()
    t.machine.expect("NMI on CPU 0: dom0 has no handler", 20)
    t.check(True, "an NMI that dom0 does not take is logged")
    text = t.machine.text
    for where in ("the hypervisor", "a guest"):
        t.check(f"machine check on CPU 0 in {where}: bank 3 status b4" in text,
                f"machine checks in {where} are logged")
    t.attach()
    t.gdb.go_to(t.guest["deaf_round"])
    t.gdb.write(t.guest["drive_stop"], b"\x02")
    t.gdb.close()
