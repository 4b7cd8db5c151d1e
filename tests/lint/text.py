# SPDX-License-Identifier: MIT
"""What may and may not stand in a file: licence lines, paths, marks, links."""

import os
import re

CODE = (".c", ".h", ".S", ".py", ".sh")
# A machine's own directories, spelled so that this file passes its own rule.
MACHINE_PATHS = re.compile(r"(?<![\w.])/(wor[k]|hom[e]/\w|tmp/brie[f])\b")
MARKS = re.compile(r"\b(TOD[O]|FIXM[E]|XX[X]|HAC[K])\b|\bnot implemente[d]\b|\bunimplemente[d]\b")
DRAWERS = re.compile(r"(^|/)(common|misc|utils?|helpers?)(/|\.[chS]$)")
DOC_PATH = re.compile(r"`((?:hypervisor|xenstore|toolstack|guest-patches|pv-drivers|tests|docs)/"
                      r"[\w./+-]*)`")


def scripts(tree):
    """Executable text files without an ending."""
    return [name for name in tree.files if "." not in os.path.basename(name) and
            tree.text(name).startswith("#!")]


def licences(tree):
    problems = []
    for name in [n for n in tree.files if n.endswith(CODE)] + scripts(tree):
        lines = tree.text(name).split("\n")
        first = lines[1] if lines[0].startswith("#!") and len(lines) > 1 else lines[0]
        if "SPDX-License-Identifier:" not in first:
            problems.append(f"{name}: no SPDX line at its top")
    return problems


def once(tree):
    """Headers that may be included twice, for want of a pragma."""
    return [f"{name}: no #pragma once" for name in tree.files if name.endswith(".h") and
            "#pragma once\n" not in tree.text(name) and
            "#pragma GCC visibility" not in tree.text(name)]


def search(tree, pattern, names, what):
    problems = []
    for name in names:
        for number, line in enumerate(tree.text(name).split("\n"), 1):
            if pattern.search(line):
                problems.append(f"{name}:{number}: {what}: {line.strip()[:80]}")
    return problems


def links(tree):
    known = set(tree.files)
    places = {os.path.dirname(name) for name in known}
    places |= {os.path.dirname(place) for place in places}
    problems = []
    for name in [n for n in tree.files if n.endswith(".md")]:
        for path in DOC_PATH.findall(tree.text(name)):
            if path.rstrip("/") not in known and path.rstrip("/") not in places:
                problems.append(f"{name}: {path} does not exist")
    return problems


def rules(tree):
    code = [n for n in tree.files if n.endswith(CODE)]
    readable = [n for n in tree.files if not n.endswith((".png", ".gz", ".img"))]
    return [
        ("licence lines", lambda: licences(tree)),
        ("headers once", lambda: once(tree)),
        ("paths of one machine", lambda: search(tree, MACHINE_PATHS, readable, "path")),
        ("marks of unfinished work", lambda: search(tree, MARKS, code, "mark")),
        ("names that say nothing",
         lambda: [f"{n}: a drawer, not a concept" for n in tree.files if DRAWERS.search(n)]),
        ("files that documents name", lambda: links(tree)),
    ]
