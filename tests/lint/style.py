# SPDX-License-Identifier: MIT
"""What other programs check: clang-format and cppcheck."""

import re
import subprocess

import layering
from tree import TOP, SUBTREES

# Judged by hand: cppcheck cannot see callers in other files, linker symbols or
# what assembly uses, and says so at length.
CPPCHECK = ["--enable=warning,performance,portability", "--inline-suppr", "--quiet",
            "--std=c11", "--platform=unix64", "--template={file}:{line}: {id}: {message}",
            "--suppress=missingInclude", "--suppress=missingIncludeSystem",
            "--suppress=unmatchedSuppression", "--suppress=normalCheckLevelMaxBranches",
            "-U__ASSEMBLER__", "--suppress=comparePointers", "--suppress=invalidPointerCast",
            "--error-exitcode=0", "-j2"]


CHECKER = "tests/hypervisor"


def to_format(tree):
    """The C files that clang-format is law for: assembly macros would not survive it."""
    assembly = layering.assembly_headers(tree)
    return [name for name in tree.c_files() if name not in assembly]


def formatted(tree):
    problems = []
    files = to_format(tree)
    for at in range(0, len(files), 50):
        run = subprocess.run(["clang-format", "--dry-run"] + files[at:at + 50], cwd=TOP,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        seen = set()
        for line in run.stdout.split("\n"):
            match = re.match(r"^(\S+?):(\d+):\d+: (?:warning|error):", line)
            if match and match.group(1) not in seen:
                seen.add(match.group(1))
                problems.append(f"{match.group(1)}:{match.group(2)}: not as clang-format has it")
    return problems


def checked(tree, prefix):
    # The debug build's checker is checked with what it is built into.
    own = {"hypervisor": ["hypervisor", CHECKER], "tests": ["tests"]}.get(prefix, [prefix])
    files = [name for name in tree.below(*own) if name.endswith(".c")
             and (prefix != "tests" or not name.startswith(CHECKER + "/"))]
    run = subprocess.run(["cppcheck", *CPPCHECK, f"-I{prefix}", "-I."] +
                         [f"-I{other}" for other in SUBTREES.get(prefix, [])] + files, cwd=TOP,
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    # A test may include the source that it proves, which has its own turn.
    return [line for line in run.stdout.split("\n") if line.startswith(tuple(o + "/" for o in own))]


def rules(tree):
    found = [("format of C files", lambda: formatted(tree))]
    for prefix in [*SUBTREES, "tests"]:
        if any(name.endswith(".c") for name in tree.below(prefix)):
            found.append((f"cppcheck of {prefix}", lambda p=prefix: checked(tree, p)))
    return found
