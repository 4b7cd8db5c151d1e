# SPDX-License-Identifier: MIT
"""Debug exceptions on the first instructions of the hypervisor, which a mov ss would delay."""

from driven import HYPERVISOR

# Of CPU 0 (hypervisor/x86/layout.h).
SYSCALL_STUB = 0xffff808040000000
FLAG_TF = 0x100
DEPTH = 12


def late(t, entry, depth):
    """TF, @depth instructions behind the entry; whether the exception came there."""
    t.gdb.go_to(entry)
    for _ in range(depth):
        t.gdb.step()
    t.gdb.set("eflags", t.gdb.regs()["eflags"] | FLAG_TF)
    t.gdb.go_to(t.hv["ist_nested"])
    frame = t.gdb.regs()["rdi"]
    vector = t.gdb.word(frame + 15 * 8) >> 32
    hit = t.gdb.word(frame + 16 * 8)
    return vector == 1 and hit in HYPERVISOR


def drive(t):
    t.machine.expect("^ready$", 60)
    gdb = t.attach()
    good = [late(t, SYSCALL_STUB, depth) for depth in range(DEPTH)]
    t.check(all(good), f"debug exceptions late, in a hypercall: {sum(good)} of {len(good)}")
    gdb.go_to(t.guest["late_round"])
    gdb.write(t.guest["drive_stop"], b"\x01")
    gdb.close()
    t.machine.expect("^user$", 20)

    gdb = t.attach()
    stubs = t.hv["entry_stubs_code"]
    for what, entry in (("int $0x80", stubs + 0x80 * 32), ("int3", stubs + 3 * 32),
                        ("syscall of the user", SYSCALL_STUB)):
        good = [late(t, entry, depth) for depth in range(DEPTH)]
        t.check(all(good), f"late, in {what}: {sum(good)} of {len(good)}")
    gdb.go_to(t.guest["trap_handle"])
    gdb.write(t.guest["drive_stop"], b"\x02")
    gdb.close()
