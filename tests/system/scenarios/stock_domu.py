# SPDX-License-Identifier: MIT
"""Debian's stock 6.1 kernel with its own initramfs comes up as a guest."""

import dom0 as dom0_module
import stock


def run(s):
    kernel, initrd = stock.files(s)
    image = stock.image_with_stock_guest(s.combo.tools, kernel, initrd)
    dom0 = s.dom0(image=image, memory=3072, dom0_memory=1536)
    dom0.tools.create(dom0.guest_config("debian", kernel="/stock/vmlinuz", ramdisk="/stock/initrd",
                                        memory=512, vcpus=min(2, s.combo.smp),
                                        extra="console=hvc0 break=premount"), 300)
    dom0.tools.console("debian")
    dom0.send("\n")
    dom0.expect(r"\(initramfs\)", 480)
    dom0.send("uname -r; cat /sys/hypervisor/type; nproc\n")
    dom0.expect(r"^6\.1\.\d+-\d+-amd64$", 60)
    dom0.expect(r"^xen$", 60)
    dom0.expect(rf"^{min(2, s.combo.smp)}$", 60)
    dom0.send("\x1d")
    dom0.expect(dom0_module.PROMPT, 60)
    dom0.tools.destroy("debian")
