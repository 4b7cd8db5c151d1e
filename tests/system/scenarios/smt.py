# SPDX-License-Identifier: MIT
"""Where two threads of a core would tell each other's secrets the log warns; smt=no starts one a core."""

import json

from scenario import Combo

WARNING = "threads of one core can read each other's data"
FAULTY, SOUND = "max,vendor=GenuineIntel", "max"

# Processor, threads of a core (of four in all), options, processors online, whether the log warns.
CASES = [(FAULTY, 2, "", 4, True), (FAULTY, 2, "smt=no", 2, False), (FAULTY, 4, "smt=0", 1, False),
         (FAULTY, 1, "smt=no", 4, False), (SOUND, 2, "", 4, False)]
TIER = "test-all"
MACHINES = [(FAULTY, 4)]


def run(s):
    for cpu, threads, options, online, warns in CASES:
        shape = f"4,sockets=1,cores={4 // threads},threads={threads}"
        dom0 = s.dom0(Combo(cpu, shape), hv_options=options)
        what = f"{cpu}, {threads} threads a core, {options or 'no option'}"
        s.equal(json.loads(dom0.output("lamina info --json"))["nr_cpus"], online, what)
        s.equal(WARNING in dom0.output("lamina dmesg"), warns, what + ": warning")
        dom0.close()
