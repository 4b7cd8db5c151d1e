# SPDX-License-Identifier: MIT
"""A guest is created, listed, paused, unpaused and shut down in good order."""


def run(s):
    dom0 = s.dom0()
    before = dom0.tools.free_kib()
    dom0.tools.create(dom0.guest_config("alpha", memory=64))
    s.check("alpha" in dom0.tools.domains(), "the new guest is in the list")

    dom0.tools.console("alpha")
    dom0.expect(r"guest: up after .* with 1 vCPU\(s\)", 120)
    dom0.expect(r"guest:\S*# ", 60)
    dom0.send("\x1d")
    dom0.expect(r"dom0:\S*# ", 30)

    dom0.tools.shutdown("alpha")
    s.wait("guest is gone", lambda: "alpha" not in dom0.tools.domains(), 120)
    s.wait("its memory is back", lambda: dom0.tools.free_kib() >= before - 64, 30)
    dom0.send("poweroff\n")
    dom0.wait_exit(90)
