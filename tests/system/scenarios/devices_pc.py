# SPDX-License-Identifier: MIT
"""Disks and network cards of pc with 1 GiB, by lines that they share, without dom0_mem=.

Proves: physdev_op.PHYSDEVOP_setup_gsi ok
Proves: physdev_op.PHYSDEVOP_eoi ok
Proves: physdev_op.PHYSDEVOP_irq_status_query ok
"""

import devices

TIER = "test-all"
MACHINES = [("max,vendor=GenuineIntel", 4)]


def run(s):
    devices.run(s, "pc", 1024, False, disk=24, net=4)
