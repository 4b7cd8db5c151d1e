# SPDX-License-Identifier: MIT
"""The machine boots to the control domain's shell, with all its processors."""


def run(s):
    dom0 = s.dom0()
    s.equal(dom0.shell("nproc").strip(), str(s.combo.smp), "processors in dom0")
    s.check("control_d" in dom0.shell("cat /proc/xen/capabilities"), "dom0 is the control domain")
    s.equal(dom0.shell("cat /sys/hypervisor/type").strip(), "xen", "hypervisor type")
    s.equal(list(dom0.tools.domains()), ["Domain-0"], "domains after boot")
    s.check(dom0.tools.free_kib() > 64 << 10, "memory is left for guests")
    s.check("Call Trace" not in dom0.shell("dmesg"), "dom0's kernel has no complaint")
