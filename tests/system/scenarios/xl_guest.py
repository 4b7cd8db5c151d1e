# SPDX-License-Identifier: MIT
"""Debian's xl with oxenstored and xenconsoled starts, steers and ends a guest.

Proves: domctl.XEN_DOMCTL_set_cpu_policy ok
Proves: sysctl.XEN_SYSCTL_get_cpu_policy ok
Proves: memory_op.XENMEM_set_memory_map ok
Proves: memory_op.XENMEM_memory_map ok
Proves: memory_op.XENMEM_claim_pages ok

xl create asks XEN_SYSCTL_get_cpu_policy, XEN_DOMCTL_set_cpu_policy,
XENMEM_set_memory_map and XENMEM_claim_pages, and gives up where one fails; the
guest's kernel reads the map with XENMEM_memory_map.
"""

import dataclasses

from dom0 import PROMPT

MACHINES = [("qemu64,+smep,+fsgsbase", 2)]


def run(s):
    dom0 = s.dom0(combo=dataclasses.replace(s.combo, tools="xl"),
                  kernel_options="lamina_peer=oxenstored")
    store = dom0.output("xenstore-ls /local/domain")
    free = dom0.tools.free_kib()
    # SSE3 and one of the two vCPUs are kept from it.
    config = dom0.guest_config("alpha", memory=64, maxmem=96, vcpus=1, maxvcpus=2,
                               cpuid="host,sse3=0")
    dom0.send(f"xl create -c {config}\n")
    # maxmem of the configuration, which is more than the guest has.
    dom0.expect(r"Xen: \[mem 0x0000000000100000-0x0000000005ffffff\] usable", 120)
    dom0.expect(r"guest: up after .* with 1 vCPU", 120)
    dom0.expect(PROMPT, 60)
    dom0.send("echo sse$(grep -c pni /proc/cpuinfo)$(grep -c sse2 /proc/cpuinfo)\n")
    s.check(dom0.expect(r"^sse(\d+)\n").group(1) == "01", "the guest sees SSE2 and no SSE3")
    dom0.expect(PROMPT)
    dom0.send("\x1d")  # ^]
    dom0.expect(r"dom0:\S*# ")

    dom0.shell("xl mem-set alpha 48")
    s.wait("48 MiB", lambda: dom0.output("xl list alpha").split()[-4] == "48")
    for _ in range(2):
        dom0.shell("xl pause alpha")
    dom0.shell("xl unpause alpha")
    s.equal(dom0.tools.domains()["alpha"]["state"], "paused", "paused twice, unpaused once")
    dom0.shell("xl unpause alpha")
    s.check(dom0.tools.domains()["alpha"]["state"] != "paused", "unpaused twice")

    dom0.shell("xl reboot alpha")
    s.wait("a new domain", lambda: dom0.tools.domains().get("alpha", {}).get("domid") == 2, 120)
    dom0.send("xl console alpha\n")
    dom0.expect(r"guest: up after", 120)
    dom0.expect(PROMPT, 60)
    dom0.send("\x1d")
    dom0.expect(r"dom0:\S*# ")
    dom0.shell("xl shutdown -w alpha", 120)
    dom0.shell(f"xl create {config}")
    dom0.shell("xl destroy alpha")
    s.wait("nothing but dom0", lambda: list(dom0.tools.domains()) == ["Domain-0"])
    s.equal(dom0.output("xenstore-ls /local/domain"), store, "the store")
    s.wait("memory is back", lambda: dom0.tools.free_kib() >= free, 30)
    s.check("Call Trace" not in dom0.shell("dmesg"), "dom0's kernel has no complaint")
