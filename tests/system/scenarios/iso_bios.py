# SPDX-License-Identifier: MIT
"""The ISO boots under SeaBIOS; `reboot` and `poweroff` work.

Proves: platform_op.XENPF_enter_acpi_sleep ok
"""

import iso

TIER = "test-all"
MACHINES = [("qemu64,+smep,+fsgsbase", 2)]


def run(s):
    iso.run(s, "q35", uefi=False)
