# SPDX-License-Identifier: MIT
"""One machine check, with the processor's context lost."""


def drive(t):
    t.machine.expect("^ready$", 40)
    t.attach().go_to(t.hv["uart_write"])
    # To behind the locked instruction.
    for _ in range(40):
        locked = t.gdb.read(t.gdb.regs()["rip"], 1) == b"\xf0"
        t.gdb.step()
        if locked:
            break
    t.gdb.step()
    t.gdb.step()
    t.machine_check(recoverable=False)
    t.gdb.close()
    t.check(locked, "struck under the lock of the serial line")
    t.machine.expect(r"machine check on CPU 0 in what cannot go on: bank 3 status b6", 20)
    t.machine.expect(r"^\(lamina\) CPU 0 vector 18 .* rip [0-9a-f]{4}:[0-9a-f]{16}", 20)
    t.machine.expect(r"PANIC on CPU 0: machine check at ", 20)
    t.check(True, "a panic with bank, registers and reason")
    return True
