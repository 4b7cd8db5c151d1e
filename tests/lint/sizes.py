# SPDX-License-Identifier: MIT
"""Sizes: of files, of functions, and of the hypervisor as a whole."""

import json
import subprocess

from tree import TOP

FILE_GOOD = 600
FILE_HARD = 800
FUNCTION_HARD = 100
HYPERVISOR_CODE = 20000


def long_files(tree):
    return [f"{name}: {lines} lines, more than {FILE_HARD}" for name in tree.c_files((".c", ".h", ".S"))
            if (lines := tree.text(name).count("\n")) > FILE_HARD]


def functions(text):
    """(line number, name, length) of each function.  Relies on our format: the
    body's braces stand alone at the left edge."""
    lines = text.split("\n")
    start = None
    for number, line in enumerate(lines):
        if line == "{" and number and start is None:
            start = number
        elif line == "}" and start is not None:
            head = start - 1
            while head > 0 and lines[head][:1] in ("\t", " "):
                head -= 1
            yield head + 1, lines[head].split("(")[0].split()[-1].lstrip("*"), number - head + 1
            start = None


def long_functions(tree):
    problems = []
    for name in tree.c_files():
        for line, function, length in functions(tree.text(name)):
            if length > FUNCTION_HARD:
                problems.append(f"{name}:{line}: {function}() has {length} lines, "
                                f"more than {FUNCTION_HARD}")
    return problems


def hypervisor(tree):
    files = tree.below("hypervisor")
    if not files:
        return []
    report = subprocess.run(["cloc", "--json", "--quiet", "--list-file=-"], cwd=TOP,
                            input="\n".join(files), stdout=subprocess.PIPE, text=True, check=True)
    code = json.loads(report.stdout)["SUM"]["code"]
    print(f"# hypervisor: {code} lines of code of {HYPERVISOR_CODE}")
    long = sorted(((tree.text(name).count("\n"), name) for name in tree.c_files((".c", ".h", ".S"))),
                  reverse=True)
    for lines, name in long:
        if lines > FILE_GOOD:
            print(f"# {name}: {lines} lines; does it still hold one concept?")
    if code > HYPERVISOR_CODE:
        return [f"{code} lines of code"]
    return []


def rules(tree):
    found = [("sizes of files", lambda: long_files(tree)),
             ("sizes of functions", lambda: long_functions(tree))]
    if tree.below("hypervisor"):
        found.append(("size of the hypervisor", lambda: hypervisor(tree)))
    return found
