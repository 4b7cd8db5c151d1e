# SPDX-License-Identifier: MIT
"""The other four machines of devices_matrix."""

import devices

TIER = "test-all"
MACHINES = [("qemu64,+smep,+fsgsbase", 2)]


def run(s):
    devices.matrix(s, [("pc", 6144, False), ("q35", 1024, False), ("q35", 6144, True),
                       ("pc", 1024, True)])
