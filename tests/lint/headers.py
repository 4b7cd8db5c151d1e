# SPDX-License-Identifier: MIT
"""Each header compiles by itself."""

import concurrent.futures
import os
import subprocess

import layering
from tree import TOP, SUBTREES

FREESTANDING = ["-ffreestanding", "-fno-builtin", "-mgeneral-regs-only"]


def compile_alone(subtree, name):
    flags = ["-std=gnu11", "-Wall", "-Wextra", "-Wno-unused-function", "-D__XEN_TOOLS__",
             "-D_GNU_SOURCE", f"-I{subtree}", "-I."] + [f"-I{s}" for s in SUBTREES[subtree]]
    if subtree == "hypervisor":
        flags += FREESTANDING
    run = subprocess.run(["gcc", "-fsyntax-only", *flags, "-include", name, "-x", "c", os.devnull],
                         cwd=TOP, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if run.returncode == 0:
        return []
    first = [line for line in run.stdout.split("\n") if "error" in line]
    return [f"{name}: {(first or ['does not compile'])[0]}"]


def alone(tree, subtree):
    assembly = layering.assembly_headers(tree)
    names = [name for name in tree.below(subtree, ends=(".h",)) if name not in assembly]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        results = pool.map(lambda name: compile_alone(subtree, name), names)
        return [problem for result in results for problem in result]


def rules(tree):
    return [(f"headers of {subtree} alone", lambda s=subtree: alone(tree, s))
            for subtree in tree.subtrees()]
