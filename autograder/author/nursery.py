"""Which mutants of a reference the judge lets pass, found out in one warm process.

Owns: judging mutants one after the other, and what happens to those that never end or that eat
the process. Run as a program it is the process: "name first" in, a JSON line for each mutant from
that number on out.
"""

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
from dataclasses import asdict

from autograder.author.mutants import Mutant, mutants
from autograder.exercise import Exercise, exercises
from autograder.judge.answer import answer_of
from autograder.judge.judging import full_marks

SEED = 2**40 + 7  # a graded one
SECONDS = 1.5  # of processor time, for one mutant; most need a hundredth of one
PATIENCE = 30.0  # for one that does not notice that its time is over
MEMORY = 4 * 2**30


class Nursery:
    """The process that judges mutants, started anew where one of them ends it. Use as a context."""

    def __init__(self):
        self.process = None
        self.heard = b""  # of what it says, not read yet

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end()

    def end(self):
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process.stdin.close()
            self.process.stdout.close()
        self.process, self.heard = None, b""

    def start(self):
        hidden = os.environ | {"CUDA_VISIBLE_DEVICES": ""}  # mutants are judged on the CPU
        self.process = subprocess.Popen(
            [sys.executable, "-m", __name__],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0, env=hidden,
        )  # fmt: skip

    def survivors(self, exercise: Exercise, told=lambda done, made: None) -> dict:
        """How many mutants there are, and those that earn full points. `told` hears of progress."""
        made = mutants(exercise.solution)
        alive, done = [], 0
        while done < len(made):
            if self.process is None:
                self.start()
            self.process.stdin.write(f"{exercise.name} {done}\n".encode())
            while done < len(made):
                passed = self.reply()
                done += 1
                told(done, len(made))
                if passed is None:  # this one ended the process, or hangs in it: it is rejected
                    self.end()
                    break
                if passed:
                    alive.append(made[done - 1])
        return {"made": len(made), "alive": [asdict(mutant) for mutant in alive]}

    def reply(self) -> bool | None:
        while b"\n" not in self.heard:
            ready, _, _ = select.select([self.process.stdout], [], [], PATIENCE)
            part = os.read(self.process.stdout.fileno(), 4096) if ready else b""
            if not part:
                return None
            self.heard += part
        line, _, self.heard = self.heard.partition(b"\n")
        return json.loads(line)


# ---- the process itself


class Endless(BaseException):
    """The time is over. No `except Exception` of a mutant's own catches this."""


@contextlib.contextmanager
def within(seconds: float):
    """So much of the processor for what stands inside; more raises `Endless`."""

    def over(number, frame):
        raise Endless

    handler = signal.signal(signal.SIGPROF, over)
    signal.setitimer(signal.ITIMER_PROF, seconds, 0.1)  # again, where the first was swallowed
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, handler)


def passes(exercise: Exercise, mutant: Mutant) -> bool:
    """Does it earn full points within its time?"""
    try:
        with within(SECONDS):
            answer = answer_of(exercise.compiled(mutant.source, "mutant"))
            return full_marks(exercise, answer, SEED)
    except Endless:
        return False


def serve():
    known, replies = exercises(), os.fdopen(os.dup(1), "w")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # mutants may print
    for line in sys.stdin:
        name, first = line.split()
        exercise = known[name]
        full_marks(exercise, answer_of(exercise.reference), SEED)  # its values are found once
        for mutant in mutants(exercise.solution)[int(first) :]:
            try:
                passed = passes(exercise, mutant)
            except Endless:  # rung while the clock was being stopped
                passed = False
            print(json.dumps(passed), file=replies, flush=True)


if __name__ == "__main__":
    import resource
    import warnings

    import torch

    torch.set_num_threads(1)
    warnings.simplefilter("ignore")
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    serve()
