# SPDX-License-Identifier: MIT
"""A guest that panics is destroyed, restarted or kept, as its config says.

Proves: sched_op.SHUTDOWN_crash ok
"""

PANIC = 'console=hvc0 panic=1 lamina_run="echo c > /proc/sysrq-trigger"'


def run(s):
    dom0 = s.dom0()
    before = dom0.tools.free_kib()

    dom0.tools.create(dom0.guest_config("dies", extra=PANIC, on_crash="destroy"))
    s.wait("a crashed guest is destroyed", lambda: "dies" not in dom0.tools.domains(), 120)
    s.wait("its memory is back", lambda: dom0.tools.free_kib() >= before - 64, 30)

    dom0.tools.create(dom0.guest_config("stays", extra=PANIC, on_crash="preserve"))
    s.wait("a crashed guest is kept", lambda: crashed(dom0, "stays"), 120)
    dom0.tools.destroy("stays")

    dom0.tools.create(dom0.guest_config("again", extra=PANIC, on_crash="restart"))
    first = dom0.tools.domains()["again"]["domid"]
    s.wait("a crashed guest is restarted", lambda: restarted(dom0, first), 120)
    s.check("Call Trace" not in dom0.shell("dmesg"), "dom0's kernel has no complaint")


def crashed(dom0, name):
    domain = dom0.tools.domains().get(name)
    return domain and domain["state"] == "crashed"


def restarted(dom0, first):
    domain = dom0.tools.domains().get("again")
    return domain and domain["domid"] > first
