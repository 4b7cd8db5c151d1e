# SPDX-License-Identifier: MIT
"""Processors go offline and come back, again and again, while Linux guests work on them.

It takes long, so not in each `make test`; the soak tier has ten rounds a turn.

Proves: sysctl.XEN_SYSCTL_cpu_hotplug ok refused
Proves: domctl.XEN_DOMCTL_setvcpuaffinity ok
"""

import json
import random

MACHINES = [("qemu64", 4)]
TIER = "test-all soak"

# One counts and sleeps, one works on as many processors as there are.
TICKS = 'console=hvc0 lamina_run="(while :; do n=$((n + 1)); echo tick $n; sleep 1; done) &"'
SPIN = 'console=hvc0 lamina_run="for i in 1 2 3 4; do while :; do :; done & done"'


def ticks(dom0, name):
    return int(dom0.output(f"grep -c tick /var/log/lamina/console/{name}.log; true"))


def go_on(s, dom0):
    """All of them do something from now on."""
    before = {name: ticks(dom0, name) for name in ("ticks", "bound")}
    spent = dom0.tools.cpu_seconds("spins")
    for name, count in before.items():
        s.wait(f"{name} counts on", lambda n=name, c=count: ticks(dom0, n) >= c + 2, 120)
    s.wait("spins goes on", lambda: dom0.tools.cpu_seconds("spins") > spent + 0.1, 120)


def in_service(dom0):
    return json.loads(dom0.output("lamina info --json"))["nr_cpus"]


def where(dom0, name):
    return {v["cpu"] for v in json.loads(dom0.output(f"lamina vcpu-list {name} --json"))
            if v["state"] != "offline"}


def run(s):
    dom0 = s.dom0()
    dom0.tools.create(dom0.guest_config("ticks", extra=TICKS, vcpus=2, cpus_soft="2-3"))
    dom0.tools.create(dom0.guest_config("bound", extra=TICKS, cpus="3"))
    dom0.tools.create(dom0.guest_config("spins", extra=SPIN, vcpus=4))
    listed = json.loads(dom0.output("lamina vcpu-list ticks --json"))
    s.equal({v["soft_affinity"] for v in listed}, {"2-3"}, "cpus_soft of the configuration")
    s.wait("they have begun", lambda: min(ticks(dom0, "ticks"), ticks(dom0, "bound")) > 0, 240)
    s.equal(where(dom0, "bound") - {-1}, {3}, "the CPU of a guest that is bound to it")

    for line, word in (("cpu-offline 0", "always"), ("cpu-offline 4", "0 to 3"),
                       ("cpu-online 99", "0 to 3"), ("cpu-offline x", "is no CPU"),
                       ("cpu-offline", "CPU...")):
        out = dom0.output(f"lamina {line} 2>&1; true")
        s.check(word in out, f"lamina {line}: {out}")

    # From a seed, so that a failure can be had again.
    chance = random.Random(s.turn)
    for _ in range(max(2, s.rounds // 4)):
        gone = sorted(chance.sample((1, 2, 3), chance.randint(1, 3)))
        words = " ".join(map(str, gone))
        dom0.shell(f"lamina cpu-offline {words}", 120)
        s.equal(in_service(dom0), 4 - len(gone), f"CPUs without {words}")
        # One that sleeps is told of where it was.
        s.check(not where(dom0, "spins") & set(gone), f"nobody runs on {words}")
        go_on(s, dom0)
        dom0.shell(f"lamina cpu-online {words}", 120)
        s.equal(in_service(dom0), 4, "CPUs with all of them")
        go_on(s, dom0)

    log = dom0.shell("lamina dmesg")
    for cpu in gone:
        s.check(f"CPU {cpu} is offline" in log and f"CPU {cpu} is online" in log,
                f"CPU {cpu} is in the log")
    s.wait("the bound guest is where it belongs", lambda: where(dom0, "bound") - {-1} == {3}, 60)
    logs = {name: f"cat /var/log/lamina/console/{name}.log" for name in ("ticks", "bound")}
    for who, command in ("dom0", "dmesg"), *logs.items():
        s.equal(dom0.output(f"{command} | grep -cE 'BUG|WARN|lockup|Trace'; true").strip(), "0",
                f"complaints of {who}'s kernel")
    for name in ("ticks", "bound", "spins"):
        dom0.tools.destroy(name)
