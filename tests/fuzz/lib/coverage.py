# SPDX-License-Identifier: MIT
"""What ran of the hypervisor: gcov's counters, read out of the machine's memory.

The build with COVERAGE=1 has a counter for each arc of each function, and a
table of descriptions (.gcov_info) that libgcov would walk at exit.  There is
no libgcov and no exit here: the machine's memory is saved through QEMU's
monitor and the table is walked in that.  The layouts are those of GCC 12
(struct gcov_info in libgcov.h, the .gcda file in gcov-io.h).
"""

import glob
import json
import os
import shutil
import struct
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.abspath(os.path.join(HERE, "..", "..", ".."))
BUILD = os.path.join(TOP, "build", "hypervisor-coverage")

IMAGE_PHYS = 0x200000  # IMAGE_PHYS of x86/layout.h
GCOV_COUNTERS = 8
MAGIC_DATA = 0x67636461  # "gcda"
TAG_FUNCTION = 0x01000000
TAG_ARCS = 0x01A10000


def symbols():
    out = subprocess.run(["nm", os.path.join(BUILD, "lamina.syms")], check=True,
                         capture_output=True, text=True).stdout
    return {words[2]: int(words[0], 16) for words in map(str.split, out.split("\n"))
            if len(words) == 3}


class Counters:
    """Counters of all objects; sums of runs of one build."""

    def __init__(self):
        self.objects = {}  # name -> (version, stamp, checksum, [(ident, line, cfg, [values])])

    def add(self, other):
        for name, (version, stamp, checksum, functions) in other.objects.items():
            mine = self.objects.get(name)
            if mine is None:
                self.objects[name] = (version, stamp, checksum,
                                      [(a, b, c, list(v)) for a, b, c, v in functions])
                continue
            for (_, _, _, sums), (_, _, _, values) in zip(mine[3], functions):
                for i, value in enumerate(values):
                    sums[i] += value

    def arcs(self):
        """Counted arcs that ran, and all."""
        values = [v for _, _, _, fs in self.objects.values() for _, _, _, vs in fs for v in vs]
        return sum(v != 0 for v in values), len(values)

    def save(self, path):
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as out:
            json.dump(self.objects, out)

    @staticmethod
    def load(path):
        counters = Counters()
        with open(path, encoding="utf-8") as text:
            counters.objects = json.load(text)
        return counters


def snapshot(machine):
    """The Counters of a running machine (tests/system/lib/qemu.py)."""
    syms = symbols()
    base, end = syms["image_start"], syms["image_end"]
    path = os.path.join(machine._dir, "image")
    answer = machine.qmp("pmemsave", val=IMAGE_PHYS, size=end - base, filename=path)
    if answer:
        raise RuntimeError(f"pmemsave: {answer}")
    with open(path, "rb") as image:
        memory = image.read()
    os.unlink(path)

    def read(fmt, address):
        return struct.unpack_from("<" + fmt, memory, address - base)

    counters = Counters()
    for at in range(syms["gcov_info_start"], syms["gcov_info_end"], 8):
        info = read("Q", at)[0]
        version, _, _, stamp, checksum, name = read("IIQIIQ", info)
        start = name - base
        name = memory[start:memory.index(b"\0", start)].decode()
        n, functions = read("I4xQ", info + 32 + 8 * GCOV_COUNTERS)
        found = []
        for i in range(n):
            fn = read("Q", functions + 8 * i)[0]
            _, ident, line, cfg, num, values = read("QIII4xI4xQ", fn)
            found.append((ident, line, cfg, list(read(f"{num}q", values))))
        counters.objects[name] = (version, stamp, checksum, found)
    return counters


def write_gcda(counters, directory):
    """Files for gcov beside copies of the .gcno, all in @directory."""
    for name, (version, stamp, checksum, functions) in counters.objects.items():
        stem = os.path.splitext(name)[0]
        short = os.path.relpath(stem, BUILD).replace("/", "#")
        shutil.copy(stem + ".gcno", os.path.join(directory, short + ".gcno"))
        words = [MAGIC_DATA, version, stamp, checksum]
        for ident, line, cfg, values in functions:
            words += [TAG_FUNCTION, 12, ident, line, cfg, TAG_ARCS, 8 * len(values)]
            for value in values:
                words += [value & 0xFFFFFFFF, value >> 32 & 0xFFFFFFFF]
        with open(os.path.join(directory, short + ".gcda"), "wb") as out:
            out.write(struct.pack(f"<{len(words)}I", *words))


def lines(counters):
    """For each file below hypervisor/, its lines with code and whether each ran."""
    directory = os.path.join(BUILD, f"gcov.{os.getpid()}")
    os.makedirs(directory, exist_ok=True)
    try:
        write_gcda(counters, directory)
        files = {}
        for data in sorted(glob.glob(os.path.join(directory, "*.gcda"))):
            out = subprocess.run(["gcov", "--json-format", "--stdout", data], cwd=directory,
                                 capture_output=True, text=True, check=True).stdout
            for text in filter(None, out.split("\n")):
                for one in json.loads(text)["files"]:
                    if one["file"].startswith("/"):
                        continue
                    known = files.setdefault(os.path.normpath(one["file"]), {})
                    for line in one["lines"]:
                        number = line["line_number"]
                        known[number] = known.get(number, False) or line["count"] > 0
        return files
    finally:
        shutil.rmtree(directory)
