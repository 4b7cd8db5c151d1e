# SPDX-License-Identifier: MIT
"""A rebooted guest comes up again under its name, as a new domain."""


def run(s):
    dom0 = s.dom0()
    dom0.tools.create(dom0.guest_config("alpha"))
    first = dom0.tools.domains()["alpha"]["domid"]
    dom0.tools.console("alpha")
    dom0.expect(r"guest:\S*# ", 120)
    dom0.send("\x1d")
    dom0.expect(r"dom0:\S*# ", 30)

    # Once by the toolstack's request, once by the guest's own wish.
    dom0.tools.reboot("alpha")
    second = s.wait("guest is back after a request", lambda: newer(dom0, first), 120)
    dom0.tools.console("alpha")
    dom0.send("\n")
    dom0.expect(r"guest:\S*# ", 120)
    dom0.send("reboot\n")
    s.wait("guest is back after its own reboot", lambda: newer_after_console(dom0, second), 180, 3)


def newer(dom0, domid):
    """The domain id of "alpha" once it is another than domid."""
    domain = dom0.tools.domains().get("alpha")
    return domain["domid"] if domain and domain["domid"] != domid else 0


def newer_after_console(dom0, domid):
    """The same while the console may still be attached: leave it first."""
    dom0.send("\x1d\n")
    dom0.expect(r"dom0:\S*# ", 30)
    return newer(dom0, domid)
