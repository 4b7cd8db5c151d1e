# SPDX-License-Identifier: MIT
"""Small programs without a library (tests/system/programs/), typed into a machine as text."""

import base64
import gzip
import os
import subprocess
import tempfile

SOURCES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "programs")
FLAGS = ("-O2 -std=gnu11 -Wall -Wextra -Werror -ffreestanding -nostdlib -static -fno-pic -no-pie"
         " -fno-stack-protector -fcf-protection=none -mgeneral-regs-only"
         " -fno-asynchronous-unwind-tables -Wl,-n,--build-id=none,-z,noexecstack"
         " -Wl,--no-warn-rwx-segments -s").split()


def packed(name, *flags):
    """The program built from NAME.c, as text."""
    with tempfile.TemporaryDirectory() as where:
        out = os.path.join(where, name)
        subprocess.run(["gcc", *FLAGS, *flags, os.path.join(SOURCES, name + ".c"), "-o", out],
                       check=True)
        with open(out, "rb") as image:
            return base64.encodebytes(gzip.compress(image.read())).decode()


def unpack(path):
    """The command that makes the program /tmp/run of the text in a file."""
    return f"base64 -d {path} | gunzip > /tmp/run; chmod +x /tmp/run"
