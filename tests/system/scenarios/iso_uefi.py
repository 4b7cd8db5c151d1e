# SPDX-License-Identifier: MIT
"""The ISO boots under UEFI; dom0 finds its tables; `reboot` and `poweroff` work.

Proves: platform_op.XENPF_firmware_info ok
Proves: platform_op.XEN_FW_EFI_INFO ok
"""

import iso

TIER = "test-all"
MACHINES = [("qemu64,+smep,+fsgsbase", 2)]


def run(s):
    iso.run(s, "q35", uefi=True)
