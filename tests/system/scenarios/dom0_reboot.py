# SPDX-License-Identifier: MIT
"""`reboot` in the control domain restarts the machine, and it comes up again.

Proves: sched_op.SHUTDOWN_reboot ok
"""


def run(s):
    dom0 = s.dom0(reboots=True)
    dom0.send("reboot\n")
    dom0.boot()
    s.check(float(dom0.output("cut -d' ' -f1 /proc/uptime")) < 200, "the clock began anew")
