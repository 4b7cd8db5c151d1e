# SPDX-License-Identifier: MIT
"""vcpu-set takes a guest from four vCPUs to one and back; vcpu-pin and sched set and show.

Proves: domctl.XEN_DOMCTL_setvcpuaffinity ok refused
Proves: domctl.XEN_DOMCTL_getvcpuaffinity ok
Proves: domctl.XEN_DOMCTL_scheduler_op ok
"""

import json
import time

from dom0 import CommandFailed


def online(dom0):
    return [v for v in json.loads(dom0.output("lamina vcpu-list four --json"))
            if v["state"] != "offline"]


def run(s):
    dom0 = s.dom0()
    if s.combo.tools != "lamina":
        s.skip("the verbs are lamina's")
    dom0.tools.create(dom0.guest_config("four", memory=96, vcpus=4, cpu_weight=300, cap=90))
    # Linux leaves it to user space (udev) to switch a CPU on that has come.
    dom0.tools.console("four")
    dom0.send("\n")
    dom0.expect(r"guest:\S*# ", 180)
    dom0.send("while :; do for c in 1 2 3; do (echo 1 > /sys/devices/system/cpu/cpu$c/online) "
              "2>/dev/null; done; sleep 1; done & echo loop''s\n")
    # Not its prompt: one more may be on its way.
    dom0.expect(r"\nloops", 30)
    dom0.send("\x1d")
    dom0.expect(r"dom0:\S*# ", 30)
    s.wait("four vCPUs", lambda: len(online(dom0)) == 4, 180)
    got = json.loads(dom0.output("lamina sched four --json"))
    s.equal((got[0]["weight"], got[0]["cap"]), (300, 90), "weight and cap of the configuration")
    dom0.shell("lamina sched four -w 512 -c 0")
    got = json.loads(dom0.output("lamina sched four --json"))
    s.equal((got[0]["weight"], got[0]["cap"]), (512, 0), "weight and cap as set")
    for count in (1, 4, 2, 4):
        set_vcpus(dom0, count)
        s.equal(len(online(dom0)), count, f"vCPUs after vcpu-set {count}")
    dom0.shell("lamina vcpu-pin four all 0 0")
    for v in online(dom0):
        s.equal((v["affinity"], v["soft_affinity"]) if v["affinity"] != "all" else "all",
                ("0", "0") if cpus(dom0) > 1 else "all", f"affinity of vCPU {v['vcpu']}")
    # One that sleeps is told of where it was, until it wakes.
    s.wait("they run there", lambda: all(v["cpu"] in (0, -1) for v in online(dom0)), 60)
    dom0.shell("lamina vcpu-pin four 3 all -")
    s.equal(online(dom0)[3]["affinity"], "all", "affinity of vCPU 3 afterwards")
    refusals(s, dom0)
    dom0.tools.destroy("four")


def set_vcpus(dom0, count):
    """vcpu-set; if the guest does not do it, the log gets what can be seen from either side."""
    try:
        dom0.shell(f"lamina vcpu-set four {count}", timeout=120)
    except CommandFailed:
        for line in ("lamina vcpu-list four", "xenstore ls /local/domain/1/cpu"):
            dom0.shell(line, check=False)
        # Three times Ctrl-A, and what is typed goes to the hypervisor.
        dom0.send("\x01\x01\x01")
        for key in "qe":
            dom0.send(key)
            time.sleep(5)
        dom0.send("\x01\x01\x01")
        dom0.tools.console("four")
        dom0.send("\ncat /sys/devices/system/cpu/online /proc/interrupts; dmesg | tail -n 40; "
                  "jobs; echo see\"\"n\n")
        dom0.expect(r"\nseen", 60)
        raise


def cpus(dom0):
    return json.loads(dom0.output("lamina info --json"))["nr_cpus"]


def refusals(s, dom0):
    for line, word in (("vcpu-pin four 0 200", "online"), ("vcpu-pin four 9 0", "0 to 3"),
                       ("vcpu-pin four 0 0-", "expected"), ("vcpu-set four 5", "limit of 4"),
                       ("vcpu-set four 0", "limit of 4"), ("sched four -w 0", "from 1 to 65535"),
                       ("sched four -c 401", "100 at most"),
                       ("sched -w 5", "no guest is named"), ("sched nobody", "nobody")):
        out = dom0.output(f"lamina {line} 2>&1; true")
        s.check(word in out, f"lamina {line}: {out}")
