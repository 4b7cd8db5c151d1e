# SPDX-License-Identifier: MIT
"""One machine check, with the processor's context lost."""


def drive(t):
    t.machine.expect("^ready$", 40)
    t.machine_check(recoverable=False)
    t.machine.expect(r"machine check on CPU 0 in what cannot go on: bank 3 status b6", 20)
    t.machine.expect(r"^\(lamina\) CPU 0 vector 18 .* rip [0-9a-f]{4}:[0-9a-f]{16}", 20)
    t.machine.expect(r"PANIC on CPU 0: machine check at ", 20)
    t.check(True, "a panic with bank, registers and reason")
    return True
