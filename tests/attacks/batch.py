"""A course with submissions in it, and everything around it that must stay as it is."""

import contextlib
import json
import os
import shutil
import socket
import stat
import subprocess
import tempfile
from multiprocessing.resource_tracker import ensure_running
from pathlib import Path

from nbgrader.api import Gradebook
from pages import ROOT

from attacks import STEM

STRICT = """
c.Examine.sandbox = {tier!r}
c.Examine.memory = 512 * 2**20
c.Examine.question_seconds = 2
c.Examine.wall_seconds = 20
c.Examine.cpu_seconds = 10
c.Examine.message_bytes = 4 * 2**20
c.Examine.repair_seconds = 1
"""
SECRET = "a secret of this test's own, so that every run asks the same examples"


def released_in(course) -> dict:
    return json.loads((course / "release" / STEM / f"{STEM}.ipynb").read_text(encoding="utf8"))


class Listeners:
    """What a learner's code must not reach: a TCP port, a UDP port, an abstract socket."""

    def __init__(self):
        self.tcp = socket.create_server(("127.0.0.1", 0))
        self.udp = socket.socket(type=socket.SOCK_DGRAM)
        self.udp.bind(("127.0.0.1", 0))
        self.abstract = socket.socket(socket.AF_UNIX)
        self.name = f"llms-by-hand-{os.getpid()}-{id(self)}"
        self.abstract.bind(f"\0{self.name}")
        self.abstract.listen()
        for one in (self.tcp, self.udp, self.abstract):
            one.setblocking(False)

    def heard(self) -> list[str]:
        heard = []
        for name, listen in {
            "tcp": self.tcp.accept,
            "udp": lambda: self.udp.recv(1),
            "abstract": self.abstract.accept,
        }.items():
            try:
                listen()
                heard.append(name)
            except BlockingIOError:
                pass
        return heard

    def close(self):
        for one in (self.tcp, self.udp, self.abstract):
            one.close()


def places_of(course, canary, listeners) -> dict:
    return {
        "COURSE": course,
        "CANARY": canary,
        "PROJECT": ROOT,
        "HOME": Path.home(),
        "VICTIM": os.getpid(),
        "TCP": listeners.tcp.getsockname()[1],
        "UDP": listeners.udp.getsockname()[1],
        "ABSTRACT": listeners.name,
    }


def state_of(path: Path) -> tuple:
    status = path.lstat()
    content = path.read_bytes() if stat.S_ISREG(status.st_mode) else b""
    return stat.S_IFMT(status.st_mode), stat.S_IMODE(status.st_mode), status.st_mtime_ns, content


def guarded(course, canary) -> dict:
    """What nothing may change: outside the course, and in it all that grading does not write."""
    found = [canary, *canary.rglob("*"), course / "secret", course / "nbgrader_config.py"]
    found += [*(course / "release").rglob("*"), *(course / "source").rglob("*")]
    return {str(path): state_of(path) for path in found}


def descendants(pid: int, besides=()) -> list[int]:
    """Numbers of all processes that a process started, and those started, that are left.

    besides: processes that do not count, nor what they started: a browser of other tests, say,
    which starts and ends helpers as it likes.
    """
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):  # it ended meanwhile
            for child in set(map(int, task.read_text().split())) - set(besides):
                found += [child, *descendants(child, besides)]
    return found


def strays() -> set[Path]:
    """What lies where anybody may write."""
    folders = {Path(tempfile.gettempdir()), Path("/tmp"), Path("/var/tmp"), Path("/dev/shm")}
    return {path for folder in folders if folder.exists() for path in folder.glob("*llms-by-hand*")}


class Batch:
    """A course with all submissions in it, and what was there before it was graded."""

    def __init__(self, course, folder, tier, submissions):
        self.tier, self.listeners = tier, Listeners()
        self.course, self.canary = folder / "course", folder / "canary"
        shutil.copytree(course, self.course, ignore=shutil.ignore_patterns("submitted"))
        with (self.course / "nbgrader_config.py").open("a", encoding="utf8") as file:
            file.write(STRICT.format(tier=tier))
        (self.course / "secret").write_text(SECRET, encoding="utf8")
        self.canary.mkdir()
        self.canary.chmod(0o777)
        (self.canary / "canary").write_text("sings", encoding="utf8")
        self.released = released_in(self.course)
        self.places = places_of(self.course, self.canary, self.listeners)
        for submission in submissions:
            submission.submit(self.course, self.released, self.places)
        ensure_running()  # of this process's own, for as long as it lives
        self.before = guarded(self.course, self.canary), descendants(os.getpid()), strays()
        self.pages: dict[str, str] = {}

    def close(self):
        self.listeners.close()
        # devices and terabytes, which nobody should find, and folders too deep for shutil
        subprocess.run(["rm", "-rf", self.course / "submitted", self.course / "set_aside"])

    def page(self, learner) -> str:
        if learner not in self.pages:
            path = self.course / "feedback" / learner / STEM / f"{STEM}.html"
            self.pages[learner] = path.read_text(encoding="utf8")
        return self.pages[learner]

    def kept(self, learner) -> dict:
        path = self.course / "autograded" / learner / STEM / f"{STEM}.ipynb"
        return json.loads(path.read_text(encoding="utf8"))["metadata"]["llms_by_hand"]

    def scores(self) -> dict[str, dict[str, float]]:
        with Gradebook(f"sqlite:///{self.course / 'gradebook.db'}") as gradebook:
            return {
                submission.student.id: {
                    grade.name.removesuffix("-check"): grade.score for grade in notebook.grades
                }
                for submission in gradebook.assignment_submissions(STEM)
                for notebook in submission.notebooks
            }
