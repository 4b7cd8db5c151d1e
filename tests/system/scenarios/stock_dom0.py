# SPDX-License-Identifier: MIT
"""Debian's stock 6.1 kernel with its own initramfs comes up as control domain."""

import stock


def run(s):
    kernel, initrd = stock.files(s)
    m = s.machine(kernel=stock.elf(kernel), initrd=initrd, memory=2048, dom0_memory=1024,
                  kernel_options="break=premount")
    m.expect(r"Booting (kernel on Xen|paravirtualized kernel on Xen)|Xen version: ", 240)
    m.expect(r"\(initramfs\)", 360)
    m.send("nproc\n")
    s.equal(m.expect(r"^(\d+)$", 60).group(1), str(s.combo.smp), "processors")
    # The control domain is the one whose identity is all zero.
    m.send("cat /sys/hypervisor/type /sys/hypervisor/guest_type /sys/hypervisor/uuid\n")
    m.expect(r"^xen\nPV\n00000000-0000-0000-0000-000000000000$", 60)
