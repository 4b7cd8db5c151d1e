# SPDX-License-Identifier: MIT
"""256 MiB through each disk and 100 through each card; any two of type, memory and interrupts meet."""

import devices

TIER = "test-all"
MACHINES = [("qemu64,+smep,+fsgsbase", 2)]


def run(s):
    devices.matrix(s, [("pc", 1024, False), ("q35", 6144, False), ("q35", 1024, True),
                       ("pc", 6144, True)])
