# SPDX-License-Identifier: MIT
"""`poweroff` in the control domain switches the machine off.

Proves: sched_op.SHUTDOWN_poweroff ok
Proves: platform_op.XENPF_enter_acpi_sleep ok
"""


def run(s):
    dom0 = s.dom0()
    dom0.send("poweroff\n")
    dom0.wait_exit(90)
