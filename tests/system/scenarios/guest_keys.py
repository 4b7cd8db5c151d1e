# SPDX-License-Identifier: MIT
"""SysRq, NMI and core dumps: what one does to a guest that no longer answers.

Proves: domctl.XEN_DOMCTL_sendtrigger ok refused
Proves: domctl.XEN_DOMCTL_getvcpucontext ok
"""

LOG = "/var/log/lamina/console/patient.log"
MARK = "lamina-marks-this-page"

# Reads sections and pages of a core dump with nothing but the format's own words.
READ = r"""
f=$1; mark=$2
[ "$(head -c 4 $f | tail -c 3)" = ELF ] && echo is-elf
grep -a -q -o '.xen_pages' $f && echo has-pages
[ "$(grep -a -c "$mark" $f)" -gt 0 ] && echo has-mark
"""


def run(s):
    dom0 = s.dom0()
    # The guest keeps the mark in two pieces on its command line, joined in memory only.
    job = f"a=lamina-marks; while :; do echo $a-this-page > /tmp/mark; sleep 1; done &"
    config = dom0.guest_config("patient", memory=64, files={"/job": job + "\n"},
                               extra='console=hvc0 lamina_run="sh /job"')
    dom0.tools.create(config)

    def console():
        return dom0.shell(f"cat {LOG}", check=False)[1]

    s.wait("it boots", lambda: "guest: up" in console(), 120)

    dom0.shell("lamina sysrq patient h")
    s.wait("its kernel lists the keys", lambda: "sysrq: HELP" in console(), 30)
    status, text = dom0.shell("lamina sysrq patient hello", check=False)
    s.check(status == 2 and "one letter" in text, "a word is no key")
    status, text = dom0.shell("lamina sysrq 0 h", check=False)
    s.check(status == 2 and "/proc/sysrq-trigger" in text, "the control domain is pointed to its own")

    dom0.shell("lamina trigger patient nmi")
    s.wait("its kernel sees the NMI", lambda: "NMI" in console().split("sysrq: HELP")[-1], 30)
    status, text = dom0.shell("lamina trigger patient nmi 7", check=False)
    s.check(status == 1 and "no such vCPU" in text, "a vCPU it does not have")
    status, text = dom0.shell("lamina trigger patient power", check=False)
    s.check(status == 1 and "lamina shutdown patient" in text, "a button it does not have")

    dom0.write("/tmp/read", READ)
    dom0.shell("lamina dump-core patient /tmp/patient.core", 120)
    text = dom0.shell(f"sh /tmp/read /tmp/patient.core {MARK}", 60)
    for word in ("is-elf", "has-pages", "has-mark"):
        s.check(word in text, f"the core dump {word}")
    s.check("patient" in dom0.tools.domains(), "it runs on")
    s.equal(dom0.tools.domains()["patient"]["state"] in ("running", "blocked"), True, "unpaused")
    status, text = dom0.shell("lamina dump-core patient /nowhere/core", check=False)
    s.check(status == 1 and "/nowhere" in text, "a place that is not there is named")
    dom0.shell("rm /tmp/patient.core")
    dom0.tools.destroy("patient")

    config = dom0.guest_config("patient", memory=64, on_crash="coredump-destroy")
    dom0.tools.create(config)
    s.wait("it boots again", lambda: console().count("guest: up") >= 1, 120)
    dom0.shell("lamina sysrq patient c")
    s.wait("its crash is dumped",
           lambda: dom0.shell("ls /var/log/lamina/dump/*.core", check=False)[0] == 0, 60)
    s.wait("and it goes", lambda: "patient" not in dom0.tools.domains(), 60)
