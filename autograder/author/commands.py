"""The author's commands.

Owns: their arguments and what they print. What they do is elsewhere in this room.
"""

import functools
import json
import os
import subprocess
import sys
import time
from pathlib import Path

from autograder.author.trouble import told
from autograder.exercise import Exercise, chapters, exercises, pages
from autograder.exercise.words import counted
from autograder.room.sandbox import NONE, NoSandbox

EVERY = 0.5  # seconds between two looks at the files that `--watch` watches


def add(commands) -> None:
    """Add the commands of this module to those of `python -m autograder`."""
    new = commands.add_parser("new", help=new_exercise.__doc__)
    new.add_argument("chapter", help="a chapter's stem, or part/NN_stem for a new chapter")
    new.add_argument("name", help="of the function or class")
    new.add_argument("--signature", help="""such as 'probs: Float[Tensor, "V"], k: int -> int'""")
    new.set_defaults(run=new_exercise)
    trial = commands.add_parser("try", help=try_exercise.__doc__)
    trial.add_argument("name")
    trial.add_argument("file", nargs="?", type=Path, help="an answer; default: all that is known")
    trial.add_argument("--seed", type=int, default=0, help="of the examples; 0 is the public one")
    trial.add_argument("--watch", action="store_true", help="again at each save")
    trial.set_defaults(run=try_exercise)
    attack = commands.add_parser("attack", help=attack_exercise.__doc__)
    attack.add_argument("name")
    attack.add_argument("folder", nargs="?", type=Path, help="with wrong/*.py and right/*.py")
    attack.add_argument("--json", type=Path, help="write what became of each answer to this file")
    attack.add_argument("--unsandboxed", action="store_true", help="run answers as trusted code")
    attack.set_defaults(run=attack_exercise)
    record = commands.add_parser("record", help=record_runs.__doc__)
    record.add_argument("chapter", help="its stem, or that of a page in book/pages")
    record.add_argument("names", nargs="*", help="of its recordings; default: all")
    record.set_defaults(run=record_runs)


def plainly(command):
    """The command, whose author hears of trouble in lines about their files, not about ours."""

    @functools.wraps(command)
    def run(options):
        try:
            return command(options)
        except NoSandbox as problem:
            sys.exit(str(problem))
        except Exception as error:
            if not (lines := told(error)):
                raise
            sys.exit(lines)

    return run


def found(name: str) -> Exercise:
    if name not in exercises():
        sys.exit(f"No exercise is called {name!r}. `python -m autograder list` names them all.")
    return exercises()[name]


@plainly
def new_exercise(options):
    """write the skeleton of an exercise: chapter cell, reference, checks"""
    from autograder.author.skeleton import Refused, write_skeleton

    try:
        pieces = write_skeleton(options.chapter, options.name, options.signature)
    except Refused as problem:
        sys.exit(str(problem))
    for piece in pieces:
        print(piece)
    print(
        f"Write the reference first, then its checks, then the text. At each save:\n"
        f"  python -m autograder try {options.name} --watch"
    )


@plainly
def try_exercise(options):
    """try an exercise with all that is declared of it, or judge an answer in a file"""
    exercise = found(options.name)
    if options.file and not options.file.is_file():
        sys.exit(f"There is no file {options.file}: give one that holds a learner's answer cell.")
    if options.watch:
        return watch(exercise, options)
    if options.file:
        return try_file(exercise, options)
    from autograder.author.trial import tried

    def progress(done, made):
        if sys.stderr.isatty():
            end = "\r" if done < made else "\r\033[K"
            print(f"mutant {done} of {made}", end=end, file=sys.stderr, flush=True)

    report = tried(exercise, progress)
    print("\n".join(report.lines))
    faults = len(report.faults)
    print(f"\n{counted(faults, 'thing')} to mend." if faults else "\nNothing to mend.")
    return 1 if report.faults else 0


def try_file(exercise: Exercise, options) -> int:
    from autograder.author.quick import judged

    card, right = judged(exercise, options.file.read_text(encoding="utf8"), options.seed)
    print(card)
    return 0 if right else 1


def record_runs(options):
    """run the cells of a chapter or page, its long runs to their end, and keep their logs"""
    known = chapters() | pages()
    if options.chapter not in known:
        sys.exit(f"There is no chapter {options.chapter!r}. There are {', '.join(known)}.")
    from byhand.recordings import ANEW

    os.environ |= {ANEW: ",".join(options.names) or "*", "MPLBACKEND": "agg"}
    chapter = known[options.chapter]
    names = {"__name__": "chapter"}
    for _, source, _ in chapter.cells:
        exec(compile(source, str(chapter.path), "exec"), names)


def watch(exercise: Exercise, options):
    """Run the command again, in a new process, whenever one of the exercise's files changes."""
    from autograder.author.skeleton import ROOT

    package = ROOT / "autograder" / "checks" / exercise.module
    command = [argument for argument in sys.orig_argv if argument != "--watch"]
    seen = None
    while True:
        files = [*package.glob("*.py"), ROOT / "solutions" / f"{exercise.module}.py"]
        files += [options.file] if options.file else []
        now = {path: path.stat().st_mtime_ns for path in files if path.exists()}
        if now != seen:
            seen = now
            print("\033[2J\033[H" if sys.stdout.isatty() else "", end="", flush=True)
            subprocess.run(command)
            print("Watching; end it with Ctrl-C.", flush=True)
        try:
            time.sleep(EVERY)
        except KeyboardInterrupt:
            return 0


@plainly
def attack_exercise(options):
    """hand an exercise to an attacker, or judge the answers that one wrote"""
    from tqdm import tqdm

    from autograder.author.attack import answers_in, attacked, hand_out, idle, report

    exercise = found(options.name)
    if exercise.in_prose:
        sys.exit(f"{exercise.name} is read by a person: there is nothing to attack.")
    if options.folder is None:
        print(hand_out(exercise, Path("build") / "attacks" / exercise.name))
        return 0
    if not any((options.folder / kind).is_dir() for kind in ("wrong", "right")):
        sys.exit(f"{options.folder} holds no folder `wrong` or `right` with answers, a file each.")
    reasons = {path: idle(exercise, path) for path in answers_in(options.folder)}
    files = [path for path, reason in reasons.items() if not reason]
    tier = NONE if options.unsandboxed else None
    judged = attacked(exercise, files, tier)
    # disable=None: a bar only where somebody sees it
    shots = list(tqdm(judged, total=len(files), unit="answer", disable=None))
    if options.json:
        text = json.dumps([shot.asdict() for shot in shots], indent=1)
        options.json.write_text(text, encoding="utf8")
    print("\n".join(report(shots, {path: reason for path, reason in reasons.items() if reason})))
    missed = [shot for shot in shots if shot.passed is not shot.right and not shot.open]
    return 1 if missed else 0
