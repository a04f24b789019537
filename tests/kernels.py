"""Real Jupyter kernels for many notebooks, forked as those of the book's pages are.

A kernel of its own for each notebook, from its first cell to its last; what is saved is the
reading of torch, transformers and matplotlib, eight seconds for each notebook.
"""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from queue import Empty

from extension import book_module
from jupyter_client import BlockingKernelClient
from jupyter_client.connect import write_connection_file
from nbformat import NotebookNode
from nbformat.v4 import output_from_msg
from warm import environment

warm_kernels = book_module("warm_kernels")
forked, serving = warm_kernels.forked, warm_kernels.serving
WARM = """
import torch, matplotlib.pyplot, IPython, ipykernel.kernelapp, ipykernel.ipkernel
import matplotlib_inline.backend_inline, autograder.home.check, autograder.exercise
from autograder.exercise import chapters, exercises
"""
LIBRARY = "from transformers import GPT2LMHeadModel\nimport byhand.figures"
JUDGED = """
from autograder.judge import judge
from autograder.judge.answer import answer_of
for name in {names}:  # what the judge knows of an exercise, once for all kernels
    judge(exercises()[name], answer_of(lambda *args: args))
"""
OUTPUTS = ("stream", "error", "execute_result", "display_data")
PATIENCE = 300  # seconds for one cell, on a machine that others use as well
ASK = "import json, autograder\nfor name in {names}:\n    autograder.check(name)"
TELL = """
import autograder.home.check
print("TOLD", json.dumps({n: v.asdict() for n, v in autograder.home.check.verdicts.items()}))
"""


class Kernels:
    """Use as a context. project: the folder whose modules the kernels have."""

    def __init__(self, project: Path, scratch: Path, more: str = LIBRARY):
        self.scratch, self.number = scratch, 0
        made = environment(project) | {"IPYTHONDIR": str(scratch), "MPLBACKEND": "agg"}
        self.served = serving(str(scratch), WARM + more, **made)

    def __enter__(self):
        self.path = self.served.__enter__()
        assert self.path, "the process that kernels are forked from has not begun"
        return self

    def __exit__(self, *error):
        self.served.__exit__(*error)

    def verdicts(self, sources: list[str], names: list[str]) -> dict[str, dict]:
        """What checks say once all cells have run, from the first to the last, errors or not."""
        with self.kernel() as run:
            for source in sources:
                run(source)
            outputs = run(ASK.format(names=names)) + run(TELL)
        said = "".join(map(text_of, outputs))
        assert "TOLD" in said, said
        return json.loads(said.rpartition("TOLD")[2])

    @contextmanager
    def kernel(self) -> Iterator[Callable[[str], list[NotebookNode]]]:
        """A kernel of its own: what runs a cell in it, and gives the cell's outputs."""
        self.number += 1
        file, _ = write_connection_file(
            str(self.scratch / f"kernel-{self.number}.json"), transport="ipc",
            ip=str(self.scratch / f"kernel-{self.number}"),
        )  # fmt: skip
        arguments = ["-f", file, "--HistoryManager.enabled=False"]
        with forked(self.path, arguments, str(self.scratch), {}):
            client = BlockingKernelClient(connection_file=file)
            client.load_connection_file()
            client.start_channels()
            try:
                await_start(client)
                yield partial(outputs_of, client)
            finally:
                client.stop_channels()


def await_start(client):
    """Until it replies and is heard to be busy: `wait_for_ready` listens for longer than that."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        asked = client.kernel_info()
        client.get_shell_msg(timeout=PATIENCE)
        with suppress(Empty):
            while client.get_iopub_msg(timeout=1)["parent_header"].get("msg_id") != asked:
                pass
            return
    raise TimeoutError("The kernel does not say what it does.")


def outputs_of(client, source: str) -> list[NotebookNode]:
    heard = []

    def hear(message):
        if message["msg_type"] in OUTPUTS:
            heard.append(output_from_msg(message))

    client.execute_interactive(
        source, allow_stdin=False, store_history=True, stop_on_error=False,
        timeout=PATIENCE, output_hook=hear,
    )  # fmt: skip
    return heard


def text_of(output: NotebookNode) -> str:
    return output.get("text", "") + "\n".join(output.get("traceback", ()))


def words_of(cell: NotebookNode) -> str:
    """What a cell shows as a reader sees it: what was printed, or the words of what was drawn."""
    return "".join(
        output.text if output.output_type == "stream"
        else f"{output.get('data', {}).get('text/plain', '')}\n"
        for output in cell.outputs
    )  # fmt: skip
