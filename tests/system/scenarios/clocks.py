# SPDX-License-Identifier: MIT
"""The monotonic clocks of Linux never go back, in dom0 and in a guest with four vCPUs on two processors,
whichever vCPU reads them."""

from programs import packed, unpack

MACHINES = [("qemu64", 4), ("max", 2)]
RESULT = r"^(clocks.*)\n"
WANT = "clocks: 4 processes, 480000 readings, 0 back, by 0 ns"


def run(s):
    text = packed("clocks")
    dom0 = s.dom0()
    dom0.write("/tmp/clocks", text)
    dom0.shell(unpack("/tmp/clocks"))
    s.equal(dom0.output("/tmp/run || true", 240).strip(), WANT, "in dom0")
    s.note("clocksource " + dom0.output(
        "cat /sys/devices/system/clocksource/clocksource0/current_clocksource").strip())

    dom0.tools.create(dom0.guest_config("alpha", files={"/clocks": text}, memory=96, vcpus=4,
                                        cpus="0-1"))
    dom0.tools.console("alpha")
    dom0.send("\n")
    dom0.expect(r"guest:\S*# ", 180)
    dom0.send(unpack("/clocks") + "; /tmp/run\n")
    s.equal(dom0.expect(RESULT, 240).group(1).strip(), WANT, "in a guest")
    dom0.send("\x1d")
    dom0.expect(r"dom0:\S*# ", 30)
    dom0.tools.destroy("alpha")
