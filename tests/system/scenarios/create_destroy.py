# SPDX-License-Identifier: MIT
"""Guests created and destroyed again and again leave nothing behind."""


def run(s):
    dom0 = s.dom0()
    config = dom0.guest_config("alpha", memory=64)
    # The first one fills caches in dom0 and in the tools; count from the second.
    dom0.tools.create(config)
    dom0.tools.destroy("alpha")
    s.wait("first one is gone", lambda: "alpha" not in dom0.tools.domains(), 60)
    before = s.wait("memory settles", lambda: settled(dom0), 60)
    store = len(dom0.output(store_list(s)).splitlines())

    for turn in range(s.rounds):
        dom0.tools.create(config)
        if turn % 2:
            # Every other one is killed in the middle of its boot.
            dom0.shell("usleep 700000")
        dom0.tools.destroy("alpha")
        s.wait("guest is gone", lambda: "alpha" not in dom0.tools.domains(), 60)

    s.wait("free memory is back at its start", lambda: dom0.tools.free_kib() >= before, 30)
    s.equal(dom0.tools.free_kib(), before, "free memory")
    s.equal(len(dom0.output(store_list(s)).splitlines()), store, "nodes in XenStore")
    s.check("Call Trace" not in dom0.shell("dmesg"), "dom0's kernel has no complaint")


def settled(dom0):
    """Free memory once two readings agree."""
    first = dom0.tools.free_kib()
    return first if dom0.tools.free_kib() == first else 0


def store_list(s):
    return "xenstore-ls /" if s.combo.tools == "xl" else "xenstore ls /"
