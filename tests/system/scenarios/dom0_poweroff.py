# SPDX-License-Identifier: MIT
"""`poweroff` in the control domain switches the machine off."""


def run(s):
    dom0 = s.dom0()
    dom0.send("poweroff\n")
    dom0.wait_exit(90)
