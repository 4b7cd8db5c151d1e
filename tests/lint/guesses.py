# SPDX-License-Identifier: MIT
"""Numbers of guests index the hypervisor's tables through few functions, which
bound them so that a wrong guess of the processor does no harm (x86/bound.h)."""

import re

from sizes import functions

# What finds an entry; who does so by a number that it has bounded, or whose
# argument's caller has, and who by a number of the hypervisor's own.
TABLES = [
    (r"\bhandlers\[",
     "hypercall/table.c:hypercall_call hypercall/table.c:hypercall_dispatch",
     "smp/softirq.c"),
    (r"\bops\[",
     "hypercall/op.c:op_run hypercall/event_channel_op.c:hypercall_event_channel_op",
     # Loops, and fields of two or three bits.
     "grant/map.c hypercall/grant_table_op.c paging/decode_write.c pv/emulate_decode.c"),
    (r"= cpu_(apic|acpi)_id\[(?=\S+;)",
     "hypercall/platform_op.c:cpu_info_op", ""),
    (r"->watchdog\[", "lifecycle/watchdog.c:watchdog_set",
     "lifecycle/watchdog.c:watchdog_create lifecycle/watchdog.c:watchdog_destroy"),
    (r"\bdebugreg_[gs]et\(current\b", "hypercall/vcpu_regs.c:HYPERCALL", ""),
    (r"->vcpu\[", "domain/domain.h:domain_vcpu",
     # Loops, the vCPU that a port tells, set bits of a mask of vCPUs, and boot.
     "evtchn/table.c evtchn/evtchn.c evtchn/pirq.c evtchn/upcall.c evtchn/fifo.c "
     "lifecycle/create.c control/domctl_life.c dom0/build.c sched/sched.c"),
    (r"\bport_at\(|\be->page\[|evtchn->page\[", "evtchn/port.h:port_find",
     # Loops, a port's peer, a virq's port; the function itself.
     "evtchn/port.h:port_at evtchn/table.c evtchn/evtchn.c evtchn/fifo.c evtchn/port.c evtchn/virq.c"),
    (r"\bf->page\[|fifo->page\[", "",
     "evtchn/fifo.c"),  # by a port that was found
    (r"\bvirq_port\[", "evtchn/bind.c:evtchn_bind_virq",
     "evtchn/table.c:port_close evtchn/virq.c:raise_virq"),
    (r"\bt->entry\[", "evtchn/pirq.c:entry_of",
     "evtchn/pirq.c:get_table evtchn/pirq.c:all_free evtchn/pirq.c:map "
     "evtchn/pirq.c:evtchn_free_pirq evtchn/pirq.c:evtchn_pirq_close "
     "evtchn/pirq.c:evtchn_pirq_destroy"),
    (r"\bdescs\[", "irq/irq.c:desc_of",
     "irq/irq.c:irq_evacuate irq/irq.c:irq_init irq/irq.c:end_rest irq/irq.c:deliver "
     "irq/irq.c:reserve_msis irq/irq.c:irq_msi_alloc_block irq/irq.c:irq_msi_restore"),
    (r"\bg(rant)?->(shared|uses)\[",
     "grant/table.c:table_at grant/table.c:grant_get_frame",
     "grant/table.c:table_add_frame grant/table.c:grant_destroy_domain "
     "hypercall/grant_table_op.c:grant_op_setup_table"),
    (r"\bmaptrack_at\(|\bm->pages\[", "grant/maptrack.c:maptrack_claim",
     "grant/maptrack.c:maptrack_at grant/maptrack.c:maptrack_free grant/maptrack.c:maptrack_grow "
     "grant/maptrack.c:maptrack_put grant/maptrack.c:maptrack_restore "
     "grant/maptrack.c:maptrack_done grant/maptrack.c:maptrack_next "
     "grant/table.c:grant_free_some"),
    (r"\bframe_table\[(?!\(u32\))", "",
     "frame/owner.c frame/hostmap_init.c"),  # links of lists, and boot
    (r"M2P_RW_START\)\[(?!\(u32\))", "", ""),
    (r"\bowner_reference\((?!mfn_t)", "", "frame/owner.h:owner_get"),
]

# The only code that touches guests' addresses, and what each of them says before.
COPIES = {
    "pv/guest_words.h:guest_words_store": "va = usercopy_place(gaddr(va));",
    "pv/guest_words.h:guest_words_load": "va = usercopy_place(gaddr(va));",
    "x86/usercopy.c:copy": None,
    "x86/usercopy.c:usercopy_from": "copy(dst, (const void *)usercopy_place(src), len)",
    "x86/usercopy.c:usercopy_to": "copy((void *)usercopy_place(dst), src, len)",
}


def bodies(tree):
    """(name of the file, of the function, first line, text) of all of the hypervisor."""
    for name in tree.below("hypervisor", ends=(".c", ".h")):
        text = re.sub(r"/\*.*?\*/", lambda m: re.sub(r"[^\n]", " ", m[0]), tree.text(name),
                      flags=re.S)
        lines = text.split("\n")
        for line, function, length in functions(text):
            # From the head on, which may be before the line with the name.
            yield name.removeprefix("hypervisor/"), function, line, "\n".join(
                lines[line - 1:line - 1 + length])


def bounded_before(text, at):
    """Whether what is indexed at @at in @text is indexed by what was bounded there before."""
    index = re.match(r"[^;]*", text[at:])[0]
    return any(re.search(rf"\b{number}\b", index)
               for number in re.findall(r"\bbound_index\((\w+),", text[:at + len(index)]))


def indices(tree):
    problems = []
    seen = set()
    for file, function, line, text in bodies(tree):
        for pattern, bounded, own in TABLES:
            for match in re.finditer(pattern, text):
                where = f"{file}:{function}"
                seen.add((pattern, where))
                at = f"hypervisor/{file}:{line + text[:match.start()].count(chr(10))}"
                if where in bounded.split():
                    if not bounded_before(text, match.end()):
                        problems.append(f"{at}: {match[0]} without bound_index() before")
                elif where not in own.split() and file not in own.split():
                    problems.append(f"{at}: {match[0]} in {function}(): find it through its lookup")
    for pattern, bounded, _ in TABLES:
        problems += [f"tests/lint/guesses.py: {where} has no {pattern}" for where in bounded.split()
                     if (pattern, where) not in seen]
    return problems


def copies(tree):
    problems = []
    seen = set()
    for file, function, line, text in bodies(tree):
        where = f"{file}:{function}"
        wanted = COPIES.get(where)
        if where in COPIES:
            seen.add(where)
        elif "ASM_STAC" in text or file == "x86/usercopy.c":
            problems.append(f"hypervisor/{file}:{line}: {function}() may touch guests' memory")
        if wanted and wanted not in text:
            problems.append(f"hypervisor/{file}:{line}: {function}() without {wanted}")
        if wanted and text.count("usercopy_place") != 1:
            problems.append(f"hypervisor/{file}:{line}: {function}() has another address")
    return problems + [f"tests/lint/guesses.py: there is no {where}" for where in COPIES
                       if where not in seen]


def rules(tree):
    if not tree.below("hypervisor"):
        return []
    return [("indices of guests are bounded", lambda: indices(tree)),
            ("addresses of guests are placed", lambda: copies(tree))]
