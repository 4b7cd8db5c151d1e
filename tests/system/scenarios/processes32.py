# SPDX-License-Identifier: MIT
"""32-bit processes of dom0 and of a guest make system calls by int $0x80 and by the door that Linux
chose for the processor: SYSCALL on AMD's, SYSENTER on Intel's.
"""

import base64
import gzip
import os
import subprocess
import tempfile

MACHINES = [("qemu64", 1), ("max,vendor=GenuineIntel", 2)]

SOURCE = os.path.join(os.path.dirname(__file__), "..", "programs", "calls32.c")
# Without a library: none for 32 bits has to be there.
FLAGS = ("-m32 -O2 -std=gnu11 -Wall -Wextra -Werror -ffreestanding -nostdlib -static -fno-pic -no-pie"
         " -fno-stack-protector -fcf-protection=none -mgeneral-regs-only"
         " -fno-asynchronous-unwind-tables -Wl,-n,--build-id=none,-z,noexecstack"
         " -Wl,--no-warn-rwx-segments -s").split()
UNPACK = "base64 -d {} | gunzip > /tmp/run32; chmod +x /tmp/run32"
RESULT = r"^calls32: (.*)\n"


def program():
    """The program, packed as text."""
    with tempfile.TemporaryDirectory() as where:
        out = os.path.join(where, "calls32")
        subprocess.run(["gcc", *FLAGS, SOURCE, "-o", out], check=True)
        with open(out, "rb") as image:
            return base64.encodebytes(gzip.compress(image.read())).decode()


def run(s):
    door = "SYSENTER" if "Intel" in s.combo.cpu else "SYSCALL"
    text = program()
    dom0 = s.dom0()
    dom0.write("/tmp/calls32", text)
    dom0.shell(UNPACK.format("/tmp/calls32"))
    told = dom0.output("/tmp/run32 || true").strip()
    s.note("dom0: " + told)
    s.equal(told, f"calls32: {door}, 16 of 16", "in dom0")

    dom0.tools.create(dom0.guest_config("alpha", files={"/calls32": text}, memory=96))
    dom0.tools.console("alpha")
    dom0.send("\n")
    dom0.expect(r"guest:\S*# ", 180)
    dom0.send(UNPACK.format("/calls32") + "; /tmp/run32\n")
    s.equal(dom0.expect(RESULT, 60).group(1), f"{door}, 16 of 16", "in a guest")
    dom0.send("\x1d")
    dom0.expect(r"dom0:\S*# ", 30)
    dom0.tools.destroy("alpha")
