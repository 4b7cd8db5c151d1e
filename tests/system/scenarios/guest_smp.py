# SPDX-License-Identifier: MIT
"""A guest with four vCPUs brings them up and uses each."""


def run(s):
    dom0 = s.dom0()
    dom0.tools.create(dom0.guest_config("alpha", memory=96, vcpus=4))
    dom0.tools.console("alpha")
    dom0.send("\n")
    dom0.expect(r"guest:\S*# ", 180)
    dom0.send("nproc\n")
    s.equal(dom0.expect(r"^(\d+)$", 30).group(1), "4", "processors in the guest")
    dom0.send("for c in 0 1 2 3; do taskset -c $c awk '/^processor/ {n++} END {print n}' "
              "/proc/cpuinfo; done; echo all-''four\n")
    dom0.expect("all-four", 120)
    dom0.send("\x1d")
    dom0.expect(r"dom0:\S*# ", 30)
    dom0.tools.shutdown("alpha")
    s.wait("guest is gone", lambda: "alpha" not in dom0.tools.domains(), 120)
