# SPDX-License-Identifier: MIT
"""A machine of 64 processors, with a dom0 of 64 vCPUs that uses each, and a guest of 64 vCPUs on two."""

TIER = "test-all"
MACHINES = [("qemu64", 64)]
MANY = 64

# Each processor runs a process of its own.
VISIT = ("n=0; for c in $(seq 0 63); do taskset -c $c true && n=$((n + 1)); done; "
         "echo visited-$n of $(nproc)")


def run(s):
    # So many processors on a few of the host's wait long for a lock: that is no hang.
    dom0 = s.dom0(memory=3072, dom0_memory=1024, hv_options="watchdog_timeout=600")
    s.equal(dom0.output("nproc").strip(), str(MANY), "processors in dom0")
    s.check(f"visited-{MANY} of {MANY}" in dom0.shell(VISIT, 300), "a process on each")

    dom0.tools.create(dom0.guest_config("many", memory=256, vcpus=MANY, cpus="0-1"), 600)
    dom0.tools.console("many")
    dom0.send("\n")
    dom0.expect(r"guest:\S*# ", 600)
    dom0.send(VISIT + "\n")
    s.equal(dom0.expect(r"^visited-(\d+ of \d+)\s", 600).group(1), f"{MANY} of {MANY}",
            "processors in the guest")
    dom0.send("\x1d")
    dom0.expect(r"dom0:\S*# ", 60)
    dom0.tools.shutdown("many")
    s.wait("guest is gone", lambda: "many" not in dom0.tools.domains(), 300)
