"""Kernels of pages, forked from one process that has read torch and transformers once.

Each page still has a kernel of its own, from its first cell to its last. What is saved is the reading
of libraries, some five seconds for each of the pages. Where processes cannot be forked safely, which is
everywhere but on Linux, a page begins with an ordinary kernel.

The three sides: `kernels()` is the build's; `serve` is the process that has read the libraries; `launch`
is what Jupyter starts in place of a kernel, and ends when that kernel does.
"""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread

WARM = """
import IPython, ipykernel.kernelapp, ipykernel.ipkernel, matplotlib_inline.backend_inline, torch
import matplotlib.pyplot, transformers.generation.utils, transformers.models.bert.modeling_bert
import transformers.models.gpt2.modeling_gpt2, transformers.pipelines
import autograder, byhand.figures, byhand.town
from autograder.exercise import exercises
exercises()
"""


# ---- the build's side


@contextmanager
def kernels(project: Path) -> Iterator[None]:
    """Within, `python3` is a warm kernel. project: the folder whose modules the pages have."""
    if sys.platform != "linux":
        yield
        return
    before = os.environ.get("JUPYTER_PATH")
    paths = os.pathsep.join(filter(None, [str(project), os.environ.get("PYTHONPATH")]))
    with TemporaryDirectory() as folder, serving(folder, WARM, PYTHONPATH=paths) as path:
        spec = Path(folder, "kernels", "python3")
        spec.mkdir(parents=True)
        argv = [sys.executable, "-S", __file__, "launch", path, "-f", "{connection_file}"]
        told = {"argv": argv, "display_name": "Python 3", "language": "python"}
        (spec / "kernel.json").write_text(json.dumps(told))
        if path:  # else a library cannot be read, which the pages will say
            os.environ["JUPYTER_PATH"] = os.pathsep.join(filter(None, [folder, before]))
        try:
            yield
        finally:
            os.environ.pop("JUPYTER_PATH", None)
            if before is not None:
                os.environ["JUPYTER_PATH"] = before


@contextmanager
def serving(folder: str, warm: str, **environment: str) -> Iterator[str]:
    """Where a process that has run `warm` forks kernels for those who ask; "" where that failed."""
    path = str(Path(folder, "socket"))
    process = subprocess.Popen(
        [sys.executable, __file__, "serve", path, warm], env=os.environ | environment, cwd=folder,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield path if process.stdout.readline() else ""
    finally:
        process.stdin.close()
        process.terminate()
        process.wait()


# ---- the process that has read the libraries


def serve(path: str, warm: str):
    sys.path.pop(0)  # this folder, whose names a page might mean otherwise
    exec(warm, {})
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for kernels that have ended
    Thread(target=end_with_the_build, daemon=True).start()
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(path)
        door.listen()
        print("warm", flush=True)
        while True:
            caller, _ = door.accept()
            asked = json.loads(caller.makefile("rb").readline())
            if os.fork() == 0:
                door.close()
                become_a_kernel(caller, **asked)
            caller.close()


def end_with_the_build():
    sys.stdin.buffer.read()
    os._exit(0)


def become_a_kernel(caller: socket.socket, arguments: list, folder: str, environment: dict):
    """Never returns. It ends with the process that Jupyter holds for it."""
    from ipykernel.kernelapp import launch_new_instance

    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setsid()
    os.chdir(folder)
    os.environ.update(environment)
    os.environ.pop("JPY_PARENT_PID", None)  # its parent is another
    for stream in (0, 1, 2):
        os.dup2(os.open(os.devnull, os.O_RDWR), stream)
    caller.sendall(f"{os.getpid()}\n".encode())

    def end_with_the_caller():
        caller.recv(1)
        os._exit(0)

    Thread(target=end_with_the_caller, daemon=True).start()
    sys.argv = ["kernel", *arguments]
    launch_new_instance()
    os._exit(0)


# ---- what Jupyter starts


def launch(path: str, *arguments: str):
    with forked(path, arguments, os.getcwd(), dict(os.environ)) as (kernel, caller):

        def passed_on(number, _):
            with suppress(ProcessLookupError):
                os.kill(kernel, number)

        signal.signal(signal.SIGINT, passed_on)
        caller.recv(1)  # until the kernel is no more


@contextmanager
def forked(path: str, arguments, folder: str, environment) -> Iterator[tuple[int, socket.socket]]:
    """A kernel with these arguments, in this folder, which ends with the context.

    environment: what it has besides that of the process that it is forked from.
    """
    with socket.socket(socket.AF_UNIX) as caller:
        caller.connect(path)
        asked = {"arguments": arguments, "folder": folder, "environment": environment}
        caller.sendall(json.dumps(asked).encode() + b"\n")
        yield int(caller.makefile("rb").readline()), caller


if __name__ == "__main__":
    {"serve": serve, "launch": launch}[sys.argv[1]](*sys.argv[2:])
