# SPDX-License-Identifier: MIT
"""The files that are ours, and how they are grouped."""

import os
import subprocess

TOP = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))

# A subtree has a file `layers`; the second column is what it may include besides.
SUBTREES = {
    "hypervisor": [],
    "xenstore": [],
    "toolstack": ["xenstore"],
    "pv-drivers": ["xenstore"],
}


class Tree:
    """All files that are tracked or about to be, relative to the top."""

    def __init__(self):
        listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=TOP,
                                check=True, stdout=subprocess.PIPE, text=True).stdout.split("\n")
        self.files = [name for name in listed if name and os.path.isfile(self.path(name))]
        self._texts = {}

    @staticmethod
    def path(name):
        return os.path.join(TOP, name)

    def text(self, name):
        if name not in self._texts:
            with open(self.path(name), encoding="utf-8", errors="replace") as file:
                self._texts[name] = file.read()
        return self._texts[name]

    def below(self, *prefixes, ends=(".c", ".h", ".S")):
        """Files below one of the directories with one of the endings."""
        return [name for name in self.files if name.endswith(tuple(ends)) and
                any(name.startswith(prefix + "/") for prefix in prefixes)]

    def c_files(self, ends=(".c", ".h")):
        """All C that follows our style; patches to Linux have another home."""
        return [name for name in self.files if name.endswith(tuple(ends))]

    def subtrees(self):
        """Names of the subtrees that have a file `layers`."""
        return [name for name in SUBTREES if f"{name}/layers" in self.files]
