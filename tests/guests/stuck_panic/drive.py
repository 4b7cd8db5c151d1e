# SPDX-License-Identifier: MIT
"""One CPU hangs."""


def drive(t):
    t.machine.expect("^ready$", 40)
    gdb = t.attach()
    cpu = 1 - gdb.go_to(t.guest["turn"])
    place = t.hv["cpus_stop_here"]
    gdb.write(place, b"\xf4\xeb\xfd", cpu)  # hlt; jmp to it
    gdb.set("eflags", 2, cpu)
    gdb.set("rip", place, cpu)
    gdb.close()
    t.machine.expect(rf"watchdog: CPU {cpu} has not answered for 2 s", 60)
    t.machine.expect(rf"PANIC on CPU {1 - cpu}: CPU {cpu} hangs", 20)
    t.check(True, "a panic, which names it")
    return True
