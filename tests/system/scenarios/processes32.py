# SPDX-License-Identifier: MIT
"""32-bit processes of dom0 and of a guest make system calls by int $0x80 and by the door that Linux
chose for the processor: SYSCALL on AMD's, SYSENTER on Intel's.
"""

from programs import packed, unpack

MACHINES = [("qemu64", 1), ("max,vendor=GenuineIntel", 2)]
RESULT = r"^calls32: (.*)\n"


def run(s):
    door = "SYSENTER" if "Intel" in s.combo.cpu else "SYSCALL"
    text = packed("calls32", "-m32")
    dom0 = s.dom0()
    dom0.write("/tmp/calls32", text)
    dom0.shell(unpack("/tmp/calls32"))
    told = dom0.output("/tmp/run || true").strip()
    s.note("dom0: " + told)
    s.equal(told, f"calls32: {door}, 16 of 16", "in dom0")

    dom0.tools.create(dom0.guest_config("alpha", files={"/calls32": text}, memory=96))
    dom0.tools.console("alpha")
    dom0.send("\n")
    dom0.expect(r"guest:\S*# ", 180)
    dom0.send(unpack("/calls32") + "; /tmp/run\n")
    s.equal(dom0.expect(RESULT, 60).group(1), f"{door}, 16 of 16", "in a guest")
    dom0.send("\x1d")
    dom0.expect(r"dom0:\S*# ", 30)
    dom0.tools.destroy("alpha")
