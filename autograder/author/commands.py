"""The author's commands.

Owns: their arguments and what they print. What they do is elsewhere in this room.
"""

import json
import subprocess
import sys
import time
from pathlib import Path

from autograder.exercise import Exercise, chapters, exercises

EVERY = 0.5  # seconds between two looks at the files that `--watch` watches


def add(commands) -> None:
    """Add the commands of this module to those of `python -m autograder`."""
    new = commands.add_parser("new", help=new_exercise.__doc__)
    new.add_argument("chapter", help="a chapter's stem, or part/NN_stem for a new chapter")
    new.add_argument("name", help="of the function or class")
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
    attack.set_defaults(run=attack_exercise)


def found(name: str) -> Exercise:
    if name not in exercises():
        sys.exit(f"No exercise is called {name!r}. `python -m autograder list` names them all.")
    return exercises()[name]


def new_exercise(options):
    """write the skeleton of an exercise: chapter cell, reference, checks"""
    from autograder.author.skeleton import ROOT, Refused, write_skeleton

    try:
        written = write_skeleton(options.chapter, options.name)
    except Refused as problem:
        sys.exit(str(problem))
    for path in written:
        print(path.relative_to(ROOT))
    print(
        f"Write the reference first, then its checks, then the text. At each save:\n"
        f"  python -m autograder try {options.name} --watch"
    )


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
    print(f"\n{len(report.faults)} things to mend." if report.faults else "\nNothing to mend.")
    return 1 if report.faults else 0


def try_file(exercise: Exercise, options) -> int:
    from autograder.author.attack import LIMITS, examined
    from autograder.course.notebook import imports_cell
    from autograder.home.card import as_text
    from autograder.room.workers import Starter

    imports = imports_cell(chapters()[exercise.module]).source
    source = options.file.read_text(encoding="utf8")
    with Starter(limits=LIMITS) as starter:
        verdict = examined(exercise, source, imports, starter, options.seed)
    print(as_text(verdict, everything=True))
    return 0 if verdict.right else 1


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


def attack_exercise(options):
    """hand an exercise to an attacker, or judge the answers that one wrote"""
    from tqdm import tqdm

    from autograder.author.attack import attacked, hand_out, report

    exercise = found(options.name)
    if exercise.in_prose:
        sys.exit(f"{exercise.name} is read by a person: there is nothing to attack.")
    if options.folder is None:
        print(hand_out(exercise, Path("build") / "attacks" / exercise.name))
        return 0
    if not any((options.folder / kind).is_dir() for kind in ("wrong", "right")):
        sys.exit(f"{options.folder} holds no folder `wrong` or `right` with answers, a file each.")
    shots = attacked(exercise, options.folder, lambda files: tqdm(files, unit="answer"))
    if options.json:
        told = json.dumps([shot.asdict() for shot in shots], indent=1)
        options.json.write_text(told, encoding="utf8")
    print("\n".join(report(shots)))
    passed = [shot for shot in shots if shot.passed is not shot.right]
    return 1 if passed else 0
