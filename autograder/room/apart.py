"""Work of ours on what strangers sent, in a process that may hang, burst or die.

Owns: forking that process, its deadline, its memory, and what is said when it is gone. The judge
runs in one: a claim may loop over a number that an answer gave. Knows no exercise.

The process is forked from one that has everything in memory, a matter of milliseconds, and goes
on to the next submission for as long as it is well. What comes back is JSON.
"""

import contextlib
import gc
import json
import os
import signal
import time
import traceback
from collections.abc import Callable
from multiprocessing import Pipe, connection
from pathlib import Path

from autograder.room.sandbox import die_with_parent
from autograder.room.worker import alarmed

MEASURE = Path("/proc/self/statm")
GROWN = 4  # a process that keeps more than this part of its memory is replaced
AGAIN = 0.5  # seconds until it is said again that time is over: some code hears no exception
TIMES = 3  # of the seconds that one answer has: what one step may take in all


class Gone(Exception):
    """The process hung or died; the message says which, in words that end a sentence."""


class Failed(Exception):
    """The step raised; the message is the traceback's last line. `told`: all of it."""

    def __init__(self, message: str, told: str):
        super().__init__(message)
        self.told = told


class TooLong(BaseException):
    """What is done took longer than any sensible answer needs. No `except Exception` hides it."""


class Apart:
    """A process that does `steps`, each a function of JSON data that gives JSON data.

    memory: bytes, beyond what this process has. cpu_seconds: of one answer's judging. Use `ask`, or
    `send` and, once it is `ready`, `receive`.
    """

    def __init__(self, steps: dict[str, Callable], memory: int, cpu_seconds: float):
        self.steps, self.memory, self.cpu_seconds = steps, memory, cpu_seconds
        self.pid, self.connection, self.deadline = 0, None, None

    def start(self):
        ours, theirs = Pipe()
        parent = os.getpid()
        self.pid = os.fork()
        if self.pid == 0:
            try:
                ours.close()
                self.begin(parent)
                self.serve(theirs)
            finally:
                os._exit(1)
        theirs.close()
        self.connection = ours

    def send(self, step: str, *args, seconds: float):
        """Ask for a step; it has these seconds by the clock."""
        if not self.pid:
            self.start()
        self.deadline = time.monotonic() + seconds
        with contextlib.suppress(OSError):  # dead already: `receive` says so
            self.connection.send_bytes(json.dumps([step, args]).encode())

    @property
    def left(self) -> float:
        return max(0.0, self.deadline - time.monotonic())

    def receive(self):
        """What the step gave. Raises Failed where it raised, Gone where it did not end."""
        try:
            if not self.connection.poll(self.left):
                raise Gone("took too long")
            reply = json.loads(self.connection.recv_bytes())
        except (EOFError, OSError):
            raise Gone(self.close()) from None
        except Gone:
            self.close()
            raise
        if reply["grown"] > self.memory / GROWN:
            self.close()
        if "raised" in reply:
            raise Failed(reply["raised"], reply["told"])
        return reply["value"]

    def ask(self, step: str, *args, seconds: float):
        self.send(step, *args, seconds=seconds)
        return self.receive()

    def close(self) -> str:
        """End the process; gives what it died of, if it was dead."""
        if not self.pid:
            return ""
        dead, status = os.waitpid(self.pid, os.WNOHANG)
        if not dead:
            os.kill(self.pid, signal.SIGKILL)
            _, status = os.waitpid(self.pid, 0)
        self.connection.close()
        self.pid, self.connection = 0, None
        late = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGXCPU
        return "took too long" if late else "ended in the middle of it"

    # ---- in the process itself

    def begin(self, parent: int):
        die_with_parent(parent)
        gc.freeze()  # what it brings along is not looked through again and again
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever started it decides
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        self.before = data_bytes()
        if self.before:
            import resource  # not everywhere

            most = self.before + self.memory
            resource.setrlimit(resource.RLIMIT_DATA, (most, most))
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

    def serve(self, wire: connection.Connection):
        while True:
            try:
                message = wire.recv_bytes()
            except (EOFError, OSError):
                os._exit(0)
            wire.send_bytes(json.dumps(self.perform(*json.loads(message))).encode())

    def perform(self, step: str, args: list) -> dict:
        try:
            self.ration()
            reply = {"value": self.steps[step](*args)}
            json.dumps(reply)
        except (Exception, TooLong, SystemExit) as error:
            message = f"{type(error).__name__}: {error}"[:500]
            reply = {"raised": message, "told": traceback.format_exc()[-4000:]}
            del error  # and with it what the frames hold
        return reply | {"grown": data_bytes() - self.before}

    def ration(self):
        """Processor time for one step, enforced where no exception is heard: in a loop in C."""
        if self.before:
            import resource

            used = sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
            most = int(used + TIMES * self.cpu_seconds) + 1
            hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
            resource.setrlimit(resource.RLIMIT_CPU, (most if hard < 0 else min(most, hard), hard))


def data_bytes() -> int:
    """Bytes of memory of its own that this process has; 0 where that cannot be told."""
    try:
        return int(MEASURE.read_text().split()[5]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


def ready(processes: list[Apart]) -> list[Apart]:
    """Those that have replied, or died, or whose time is over; waits for the first."""
    by_connection = {process.connection: process for process in processes}
    found = connection.wait(by_connection, min(process.left for process in processes))
    late = [process for process in processes if not process.left]
    return list(dict.fromkeys([*(by_connection[one] for one in found), *late]))


def hurried(seconds: float):
    """Raises TooLong once these seconds of the processor are used, where the system can tell."""
    return alarmed("PROF", seconds, lambda: TooLong(f"more than {seconds:g} seconds"), AGAIN)
