# SPDX-License-Identifier: MIT
"""Disks and network cards of q35 with 6 GiB, by MSI and MSI-X, without dom0_mem=.

Proves: physdev_op.PHYSDEVOP_map_pirq ok
Proves: physdev_op.PHYSDEVOP_pci_device_add ok
Proves: memory_op.XENMEM_exchange ok
"""

import devices

MACHINES = [("max", 1)]


def run(s):
    devices.run(s, "q35", 6144, True, disk=24, net=4)
