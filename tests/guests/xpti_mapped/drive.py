# SPDX-License-Identifier: MIT
"""What is mapped of the hypervisor while the guest runs on each processor."""

import re
import time

CPUS = 2

# What may be: first, behind last, access, size.
PERMITTED = [
    ("the machine-to-physical table", 0xffff800000000000, 0xffff808000000000, ("ur-",), 1 << 39),
    ("the entry code", 0xffff808000000000, 0xffff808000200000, ("-r-",), 0x4000),
    ("its own CPU block", 0xffff808040000000, 0xffff808048000000, ("-r-", "-rw"), 0x40000),
]
MAPPED = re.compile(r"^([0-9a-f]{16})-([0-9a-f]{16}) [0-9a-f]+ (\S+)", re.MULTILINE)


def halt_in_guest(machine):
    """Stop all processors where each runs the guest; (table, what it maps) of each."""
    for _ in range(200):
        machine.qmp("stop")
        found = []
        for cpu in range(CPUS):
            registers = machine.hmp("info registers", cpu)
            if "CPL=3" in registers:
                found.append((re.search(r"CR3=(\w+)", registers).group(1),
                              machine.hmp("info mem", cpu)))
        if len(found) == CPUS:
            return found
        machine.qmp("cont")
        time.sleep(0.05)
    return []


def drive(t):
    t.machine.expect("^INSPECT$", 40)
    found = halt_in_guest(t.machine)
    t.check(found, "each processor was found running the guest")
    t.check(len({table for table, _ in found}) == CPUS, "each on a table of its own")
    for cpu, (_, text) in enumerate(found):
        seen, strange = {}, []
        for first, last, access in MAPPED.findall(text):
            first, last = int(first, 16), int(last, 16)
            if last <= 0xffff800000000000 or first >= 0xffff880000000000:
                continue
            for what, low, high, rights, _ in PERMITTED:
                if low <= first and last <= high and access in rights:
                    old = seen.get(what, (first, last))
                    seen[what] = (min(old[0], first), max(old[1], last))
                    break
            else:
                strange.append(f"{first:x}-{last:x} {access}")
        t.check(not strange, f"CPU {cpu}: nothing else is mapped: {', '.join(strange) or 'nothing'}")
        for what, _, _, _, size in PERMITTED:
            first, last = seen.get(what, (0, 1 << 64))
            t.check(last - first <= size, f"CPU {cpu}: {what}: {first:x}-{last:x}")
    return True
