# SPDX-License-Identifier: MIT
"""Building the fuzzing guest: the library of the tiny guests, and its own files."""

import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.abspath(os.path.join(HERE, "..", "..", ".."))
OUT = os.path.join(TOP, "build", "fuzz")
SOURCES = os.path.join(HERE, "..", "guest")
LIBRARY = os.path.join(TOP, "tests", "guests", "lib")

CFLAGS = ("-std=gnu11 -O2 -g -Wall -Wextra -Werror -ffreestanding -fno-stack-protector -fno-pic"
          " -mcmodel=kernel -mno-red-zone -mgeneral-regs-only -fcf-protection=none -nostdlib"
          " -static -Wl,--build-id=none -Wl,-z,noexecstack -Wl,--no-warn-rwx-segments"
          " -isystem /usr/include").split()

_built = None
_hypervisors = {}


def guest():
    """Path of the guest's image, built at the first call of a run."""
    global _built
    if _built is None:
        os.makedirs(OUT, exist_ok=True)
        sources = [os.path.join(d, f) for d in (LIBRARY, SOURCES) for f in sorted(os.listdir(d))
                   if f.endswith((".c", ".S"))]
        out = os.path.join(OUT, "guest.elf")
        new = f"{out}.{os.getpid()}"
        subprocess.run(["gcc", *CFLAGS, "-I", LIBRARY, "-I", SOURCES, "-T",
                        os.path.join(LIBRARY, "guest.lds"), *sources, "-o", new], check=True,
                       stdout=sys.stderr)
        os.replace(new, out)
        _built = out
    return _built


def hypervisor(kind):
    """Path of a build of the hypervisor: release, debug (with the checker) or coverage."""
    if kind in _hypervisors:
        return _hypervisors[kind]
    words = {"release": [], "debug": ["DEBUG=1"], "coverage": ["COVERAGE=1"]}[kind]
    subprocess.run(["make", "-s", "-C", os.path.join(TOP, "hypervisor"), *words], check=True,
                   stdout=sys.stderr)
    name = "hypervisor" + ("" if kind == "release" else "-" + kind)
    _hypervisors[kind] = os.path.join(TOP, "build", name, "lamina")
    return _hypervisors[kind]
