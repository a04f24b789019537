"""Commands of the project in a process that has imported the project already.

Each command runs in a child of that process, from its first line to its last as `python -m` runs
it; what is saved is the reading of torch and nbgrader, several seconds for each command.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

WARM = """
import json, os, runpy, sys
import autograder, jupytext, nbconvert, nbgrader.apps.nbgraderapp, nbgrader.converters, torch
for line in sys.stdin:
    order = json.loads(line)
    child = os.fork()
    if child == 0:
        said = os.open(order["said"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        for stream in (1, 2):
            os.dup2(said, stream)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.chdir(order["folder"])
        sys.argv = order["arguments"]
        runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
        sys.exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


class Commands:
    """Use as a context. project: the folder whose modules the commands are."""

    def __init__(self, project: Path, scratch: Path):
        self.said = scratch / "said"
        self.process = subprocess.Popen(
            [sys.executable, "-c", WARM],
            cwd=project,
            env=environment(project),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()

    def __call__(self, folder: Path, *arguments: str) -> str:
        """Run `python -m` with these arguments in a folder; gives all that was said."""
        self.begin(folder, *arguments)
        return self.end()

    def begin(self, folder: Path, *arguments: str):
        """The same, to be waited for with `end`; one at a time."""
        order = {"folder": str(folder), "said": str(self.said), "arguments": arguments}
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()

    def ended(self) -> tuple[str, str]:
        """Its exit status and all that it said."""
        status = self.process.stdout.readline().strip()
        return status, self.said.read_text(encoding="utf8")

    def end(self) -> str:
        status, said = self.ended()
        assert status == "0", f"{status}: {said[-5000:]}"
        return said


def environment(project: Path) -> dict[str, str]:
    """With the project's modules, and with this Python's own commands first."""
    own_commands = str(Path(sys.executable).parent)
    path = os.pathsep.join([own_commands, os.environ.get("PATH", "")])
    return os.environ | {"PYTHONPATH": str(project), "PATH": path}
