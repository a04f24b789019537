"""Workers, from the side that holds the questions.

Owns: starting the clean process, asking it for one worker per submission, deadlines, and
what is said when a worker dies. Knows no exercises.
"""

import contextlib
import json
import os
import secrets
import socket
import subprocess
import sys
import sysconfig
import time
from dataclasses import asdict
from functools import cached_property
from pathlib import Path

from autograder.room import calls, readable, sandbox
from autograder.room.replies import checked
from autograder.room.rooms import There
from autograder.room.sandbox import Limits, NoSandbox
from autograder.room.worker import Wire

HERE = Path(__file__).resolve().parent
OURS = [HERE.parents[1] / name for name in ("solutions", "autograder")]
# No .pth files are read in this process, so an editable install of the project is not found.
START = "import runpy, sys; path = sys.argv.pop(1); libraries = sys.argv.pop(1).split('|'); " \
    "sys.path[:0] = libraries; runpy.run_path(path, run_name='__main__')"  # fmt: skip
STARTING_SECONDS = 120
ENVIRONMENT = {
    "PATH": os.defpath,
    "HOME": "/",
    "OMP_NUM_THREADS": "1",
    "LANG": "C.UTF-8",
    "CUDA_VISIBLE_DEVICES": "",  # with a GPU torch would start threads, and could not be forked
    "PYTORCH_JIT": "0",  # what is scripted hides the torch functions that it calls
}
PARTS = ("starter", "worker", "sandbox")  # of this room, each a file loaded by path
CANARY = ".autograder-canary-"
PRELOAD = ("jaxtyping",)  # what the imports of every notebook bring in


class WorkerGone(Exception):
    """The worker died or was too slow; the message is a sentence about the learner's code."""


class Starter:
    """The clean process. Use as a context, or call `close`.

    tier: one of sandbox.TIERS, sandbox.NONE, or None for the strongest that works here.
    preload: modules that workers find imported already.
    closed: places that no worker may read, besides this project, the home and this folder.
    later: whoever starts several calls `settle` once all are on their way.
    """

    def __init__(
        self, tier: str | None = None, limits: Limits | None = None, preload=PRELOAD, closed=(),
        later=False,
    ):  # fmt: skip
        self.closed = [*map(str, closed), str(Path.home()), os.getcwd()]
        self.limits = limits or Limits()
        self.tier = sandbox.choose(tier)
        self.preload = list(preload)
        self.process = None
        self.busy = False
        self.settled = False
        self.launch()
        if not later:
            self.settle()

    def settle(self):
        """Wait until it has started, then try its walls. Raises NoSandbox where one is open."""
        if self.settled:
            return
        self.await_start()
        if self.tier != sandbox.NONE:
            try:
                self.verify()
            except BaseException:
                self.close()
                raise
        self.settled = True

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def launch(self):
        ours, theirs = socket.socketpair(type=socket.SOCK_SEQPACKET)  # a message is a message
        files = {name: str(HERE / f"{name}.py") for name in PARTS}
        open_paths = readable.without(readable.python_paths(), [*self.closed, *OURS])
        settings = files | {
            "readable": open_paths,  # without `site`, it would not know of the venv
            "parent": None if self.tier == sandbox.BUBBLEWRAP else os.getpid(),  # bwrap's own is
            "program": "" if self.tier == sandbox.NONE else calls.program().hex(),
            "tier": self.tier,
            "limits": asdict(self.limits),
            "preload": self.preload,
        }
        libraries = dict.fromkeys(sysconfig.get_path(name) for name in ("purelib", "platlib"))
        libraries = map(os.path.realpath, libraries)
        python = [own_python(), "-I", "-S", "-c", START, files["starter"], "|".join(libraries)]
        command = [*python, str(theirs.fileno()), json.dumps(settings)]
        self.process = subprocess.Popen(
            sandbox.outer_walls(self.tier, [*open_paths, *files.values(), python[0]], command),
            pass_fds=[theirs.fileno()],
            cwd="/",
            env=ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        theirs.close()
        ours.settimeout(STARTING_SECONDS)
        self.control = ours

    def await_start(self):
        if self.hear_once()[0] != b"ready":
            trouble = self.process.stderr.read().decode(errors="replace").strip()[-2000:]
            self.close()
            raise NoSandbox(f"The clean process did not start (sandbox {self.tier!r}).\n{trouble}")

    def restart(self):
        self.close()
        self.launch()
        self.await_start()

    def hear_once(self) -> tuple[bytes, list[socket.socket]]:
        try:
            message, wires, _, _ = socket.recv_fds(self.control, 65536, 1)
        except (TimeoutError, OSError):
            return b"", []
        return message, [socket.socket(fileno=number) for number in wires]

    def hear(self, token: str) -> dict:
        """The reply to this token: others are to whoever asked before and did not stay to hear."""
        while True:
            message, wires = self.hear_once()
            reply = json.loads(message) if message else {"token": token}
            if reply.pop("token") == token:
                return reply | {"wire": wires[0]} if wires else reply
            for wire in wires:
                wire.close()

    def worker(self, begun: float | None = None) -> "Room":
        """A fresh worker. There is one at a time.

        begun: when its submission's examination began, by time.monotonic; now, if not given.
        """
        if self.busy:
            raise RuntimeError("The last worker has not been closed yet.")
        told = self.start_worker()
        if not told:  # the clean process was killed from outside
            self.restart()
            told = self.start_worker()
        if trouble := told.get("trouble", "the clean process is gone"):
            raise NoSandbox(f"A worker could not be locked in: {trouble}.")
        self.busy = True
        return Room(self, told["wire"], begun)

    def start_worker(self) -> dict:
        if self.process.poll() is not None:  # what is left of it may still answer, and then die
            return {}
        token = self.order("start")
        return self.hear(token) if token else {}

    def end(self) -> str:
        """Kill the worker; gives the token to `hear` what it used, for who wants to know."""
        self.busy = False
        return self.order("end")

    def order(self, verb: str) -> str:
        """Send a command; gives its token, or "" where nobody is there."""
        token = secrets.token_hex(8)
        try:
            self.control.sendall(f"{verb} {token}".encode())
        except OSError:
            return ""
        return token

    def verify(self, closed=()):
        """Raises NoSandbox where a sealed worker could read or reach what it must not.

        Tried, not believed: in each closed place a file is made where that is possible, and
        the place itself is listed.
        """
        ours = [folder / "__init__.py" for folder in OURS]
        secret = [*map(str, ours), "/etc/passwd", "/proc/self/environ"]
        closed = [place for place in [*map(str, closed), *self.closed] if os.path.exists(place)]
        room = self.worker()
        with contextlib.ExitStack() as stack:
            stack.callback(room.close)
            files = [name for place in closed if (name := stack.enter_context(canary(place)))]
            files = [*secret, *closed, *files]
            modules = ["solutions", "autograder"]
            reply = room.ask({"verb": "reach", "files": files, "modules": modules})
        if reached := reply.get("value", ["its own end"]):
            raise NoSandbox(
                "A worker can reach what it must not: " + ", ".join(reached) + ". If the "
                "project is installed into the Python that grades, install it as `pip install -e` "
                "from a clone instead; a course, a home or an exchange must not lie in a folder "
                "that Python imports from. --unsandboxed grades all the same."
            )

    def close(self):
        self.control.close()
        self.process.kill()
        self.process.wait()
        self.process.stderr.close()


@contextlib.contextmanager
def canary(place: str):
    """A file in this folder for as long as somebody tries to read it; "" where none can be made."""
    path = os.path.join(place, CANARY + secrets.token_hex(8))
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644))
    except OSError:  # it is a file, or nobody may write there
        yield ""
        return
    try:
        yield path
    finally:
        with contextlib.suppress(OSError):
            os.unlink(path)


def own_python() -> str:
    """This Python, by a path that holds behind the walls: its folder may be reached by a link."""
    folder, name = os.path.split(sys.executable)
    return os.path.join(os.path.realpath(folder), name)


class Room(There):
    """One worker at the end of a wire, with its deadlines.

    gone: why it cannot be asked any more. After a broken conversation the next thing that it
    says may belong to an earlier question.
    """

    def __init__(self, starter: Starter, connection: socket.socket, begun: float | None = None):
        super().__init__(Wire(connection, starter.limits.message_bytes))
        self.starter = starter
        self.limits = starter.limits
        self.begun = time.monotonic() if begun is None else begun
        self.gone = ""
        self.ended = ""

    def ask(self, question: dict) -> dict:
        if self.gone:
            raise WorkerGone(self.gone)
        seconds, whole = self.limits.question_seconds, self.limits.wall_seconds
        ends = self.begun + whole
        self.wire.deadline = min(time.monotonic() + seconds, ends)
        try:
            return checked(question, super().ask(question))
        except TimeoutError:
            self.gone = (
                f"Your notebook was stopped after {whole:g} seconds altogether."
                if time.monotonic() >= ends
                else f"Your code was stopped after {seconds:g} seconds. Is there a loop that does "
                "not end?"
            )
        except (EOFError, ConnectionError):
            self.gone = (
                "The process that your code ran in ended before it had answered: it left, or used "
                "more memory or time than it may."
            )
        except Exception as error:  # whatever comes over the wire is data from a stranger
            self.gone = f"Your code's answer could not be read ({type(error).__name__})."
        raise WorkerGone(self.gone)

    def ask_all(self, *questions: dict) -> list[dict]:
        """The replies to several questions, asked in one message."""
        reply = self.ask({"verb": "all", "questions": list(questions)})
        return reply.get("value", [reply] * len(questions))

    def close(self):
        self.wire.socket.close()
        self.ended = self.starter.end()

    @cached_property
    def usage(self) -> dict:
        """What it used, once it is closed and until the next one is started."""
        return self.starter.hear(self.ended) if self.ended else {}
