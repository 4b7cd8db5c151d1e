# SPDX-License-Identifier: MIT
"""The code in memory, and in the file: what boot has changed."""

import os
import re
import subprocess
import tempfile

PIECE = 1024
SITE = re.compile(r"^([0-9a-f]{16}):\t.*\t(call|jmp) +([0-9a-f]{16}) <", re.MULTILINE)


def branch(kind, number):
    """The instruction that stands where a register's retpoline was called."""
    return (b"\x2e\x2e" + (b"\x41" if number >= 8 else b"\x2e")
            + bytes([0xff, (0xd0 if kind == "call" else 0xe0) | number & 7]))


def drive(t):
    t.machine.expect("^ok 1", 40)
    with tempfile.TemporaryDirectory() as where:
        out = os.path.join(where, "text")
        subprocess.run(["objcopy", "-O", "binary", "-j", ".text", t.image, out], check=True)
        with open(out, "rb") as text:
            want = bytearray(text.read())
    listing = subprocess.run(["objdump", "-d", "-j", ".text", t.image], check=True,
                             stdout=subprocess.PIPE, text=True).stdout
    first, sites = int(re.search(r"^([0-9a-f]{16}) <", listing, re.MULTILINE).group(1), 16), 0
    for address, kind, target in SITE.findall(listing):
        at, piece = int(address, 16) - first, int(target, 16) - t.hv["retpoline_start"]
        if piece in range(0, 16 * 32, 32):
            want[at:at + 5] = branch(kind, piece // 32)
            sites += 1
    gdb = t.attach()
    found = b"".join(gdb.read(first + at, min(PIECE, len(want) - at))
                     for at in range(0, len(want), PIECE))
    gdb.close()
    wrong = [f"{first + at:x}" for at in range(len(want)) if want[at] != found[at]]
    t.check(sites > 20 and not wrong,
            f"{sites} plain branches, and no other byte is changed {' '.join(wrong[:5])}")
    return True
