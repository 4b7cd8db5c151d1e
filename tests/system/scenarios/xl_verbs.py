# SPDX-License-Identifier: MIT
"""What Debian's xl prints here is what it prints on Xen 4.17, but for a list.

The verbs run with xenstored and xenconsoled on both hypervisors.  What must
differ (times, ids, where something runs) is made alike; of what then differs,
each line has to match a row for its verb in docs/abi/xl.md, and each row has
to match a line.
"""

import concurrent.futures
import dataclasses
import difflib
import os
import re

import machine
from dom0 import PROMPT

TIER = "test-all"
MACHINES = [("qemu64,+smep,+fsgsbase", 2)]
LIST = os.path.join(machine.TOP, "docs", "abi", "xl.md")
ROW = re.compile(r"^\| `([^`]+)` \| `([^`]+)` \|", re.MULTILINE)

# What is made alike, in order.
ALIKE = [
    (r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "UUID"),
    (r"\[pid \d+\]", "[pid N]"),
    (r"\b\d+:\d\d:\d\d\b", "TIME"),
    # xl list: running or blocked is chance, paused or shut down is not.
    (r"(?m)^(\S+ +\d+ +\d+ +\d+) +[r-][b-](-{4}|p---) +[\d.]+", r"\1 \2 TIME"),
    # xl vcpu-list: where it is and whether it runs.
    (r"(?m)^(\S+ +\d+ +\d+) +[\d-]+ +[r-][b-](-|p) +[\d.]+", r"\1 CPU \2 TIME"),
    # xentop: state, times, shares of them.
    (r"(?m)^( *\S+) [d-][s-][b-][c-]([p-])[r-] +\d+ +[\d.]+", r"\1 \2 TIME"),
    (r"(?m)^(free_memory +: )\d+", r"\1N"),
    (r"(?m)^( +0: +\d+) +\d+( +10)$", r"\1 N\2"),
    (r"(?m)^(cpu_mhz +: \d+)\.\d+", r"\1"),
    (r" +", " "),
]


def alike(text):
    for pattern, instead in ALIKE:
        text = re.sub(pattern, instead, text)
    return text.rstrip("\n").split("\n")


class Transcript:
    """Verbs and what they printed, on one hypervisor."""

    def __init__(self, s, hv):
        self.s = s
        self.said = {}
        self.dom0 = s.starting_dom0(combo=dataclasses.replace(s.combo, hv=hv, tools="xl"))

    def verbs(self, *lines):
        """Run command lines; keep what they print and return."""
        # Few at a time: what is typed in one go must fit the line editor.
        for at in range(0, len(lines), 5):
            script = "; ".join(f"v {line}" for line in lines[at:at + 5])
            # output() repeats a command whose answer was garbled; a verb runs once.
            self.dom0.shell(f"({script}) > /tmp/verbs", 200)
            for part in self.dom0.output("cat /tmp/verbs").split("@@ ")[1:]:
                line, text = part.split("\n", 1)
                self.said[f"{len(self.said)} {line}"] = text

    def mem(self):
        """What xl list says of the guest's memory."""
        return self.dom0.output("xl list alpha").split()[-4]

    def idle(self):
        self.verbs("xl info", "xl info -n", "xl list", "xl vcpu-list", "xl sched-credit2",
                   "xl cpupool-list", "xl cpupool-list -c", "xl sched-credit2 -s",
                   "xl cpupool-cpu-add Pool-0 1", "xl cpupool-destroy Pool-0",
                   "xl cpupool-migrate Domain-0 Pool-0", "xl uptime", "xl claims", "xl list nobody",
                   "xl destroy nobody", "xentop -b -i 1", "xenperf",
                   "xenpm get-cpufreq-para", "xenpm get-cpuidle-states",
                   "xentrace -T 1 /tmp/trace")
        before = self.dom0.output("xl dmesg")
        self.s.check(len(before.splitlines()) > 10, "xl dmesg prints the log")
        self.dom0.shell("xl debug-keys q; sleep 1")
        news = self.dom0.output("xl dmesg").splitlines()[len(before.splitlines()):]
        self.s.check(len(news) > 3, "xl debug-keys q adds to it")

    def create(self):
        config = self.dom0.guest_config("alpha", memory=64, maxmem=96, vcpus=2)
        self.dom0.send(f"xl create -c {config}\n")
        self.dom0.expect(r"guest: up after .* with 2 vCPU", 200)
        self.dom0.expect(PROMPT, 60)
        self.dom0.send("\x1d")  # ^]
        self.dom0.expect(r"dom0:\S*# ", 60)

    def steer(self):
        self.verbs("xl list", "xl list -v", "xl list -l alpha", "xl vcpu-list", "xl domid alpha",
                   "xl domname 1", "xl vcpu-pin alpha 0 1", "xl vcpu-pin alpha 1 all 0",
                   "xl vcpu-list alpha", "xl vcpu-pin alpha 7 1", "xl vcpu-pin alpha all all all",
                   "xl vcpu-set alpha 1")
        self.s.wait("one vCPU", lambda: "--p" in self.dom0.output("xl vcpu-list alpha"), 60)
        self.verbs("xl vcpu-list alpha", "xl vcpu-set alpha 9", "xl mem-set alpha 48")
        self.s.wait("48 MiB", lambda: self.mem() == "48", 60)
        self.verbs("xl list alpha", "xl mem-max alpha 80", "xl sched-credit2 -d alpha",
                   "xl sched-credit2 -d alpha -w 512 -c 50", "xl sched-credit2",
                   "xl sched-credit2 -d alpha -w 0",
                   "xl sched-credit2 -d alpha -c 201", "xl sched-rtds -d alpha",
                   "xl cpupool-migrate alpha Pool-0", "xl pause alpha", "xl pause alpha",
                   "xl list alpha", "xl unpause alpha", "xl list alpha", "xl unpause alpha",
                   "xl list alpha", "xl unpause alpha", "xentop -b -i 1",
                   "xl trigger alpha nmi", "xl trigger alpha reset", "xl sysrq alpha h")

    def end(self):
        tools = self.dom0.tools
        self.verbs("xl reboot alpha")
        self.s.wait("a new domain", lambda: tools.domains().get("alpha", {}).get("domid") == 2, 200)
        self.dom0.send("xl console alpha\n")
        self.dom0.expect(r"guest: up after", 200)
        self.dom0.expect(PROMPT, 60)
        self.dom0.send("\x1d")
        self.dom0.expect(r"dom0:\S*# ", 60)
        self.verbs("xl list", "xl shutdown -w alpha", "xl create /tmp/alpha.cfg",
                   "xl destroy alpha")
        self.s.wait("nothing but dom0", lambda: list(tools.domains()) == ["Domain-0"], 60)
        self.verbs("xl list", "xl destroy alpha", "xenstore-ls /local/domain")

    def whole(self):
        self.dom0.boot()
        self.dom0.shell("export TERM=linux; "
                        "v() { echo \"@@ $*\"; \"$@\" 2>&1; echo \"status $?\"; }")
        free = self.dom0.tools.free_kib()
        self.idle()
        self.create()
        self.steer()
        self.end()
        self.s.wait("memory is back", lambda: self.dom0.tools.free_kib() >= free, 60)
        self.dom0.close()
        return self.said


def rows():
    """The list: (verb, pattern)."""
    with open(LIST, encoding="utf-8") as text:
        # A bar within a row of a table has a backslash before it.
        return [(verb, re.compile(pattern.replace("\\|", "|")))
                for verb, pattern in ROW.findall(text.read())]


def run(s):
    both = [Transcript(s, hv) for hv in ("lamina", "xen")]
    with concurrent.futures.ThreadPoolExecutor() as pool:
        ours, theirs = pool.map(Transcript.whole, both)
    known, used = rows(), set()
    for key, text in ours.items():
        verb = key.split(" ", 1)[1]
        for line in difflib.ndiff(alike(theirs.get(key, "")), alike(text)):
            if line[0] not in "+-":
                continue
            who = "here" if line[0] == "+" else "on Xen"
            hits = [row for row in known if row[0] in verb and row[1].search(line[2:])]
            used.update(hits)
            s.check(hits, f"{verb}: only {who}: {line[2:]!r}")
    for verb, pattern in set(known) - used:
        s.check(False, f"docs/abi/xl.md: {verb}: {pattern.pattern}: no such difference")
    s.note(f"{len(ours)} verbs, {len(used)} differences of the list")
