"""The instructor's commands.

Owns: their arguments and what they print. What they do is elsewhere in this room.
"""

import json
import os
import sys
from pathlib import Path

from autograder.exercise import Chapter, chapters, exercises
from autograder.room.sandbox import NoSandbox

CONFIG = """\
# Yours to edit; it is not written again. Limits and the sandbox: autograder/README.md.
c = get_config()
load_subconfig("nbgrader_config.py", path={path!r})
"""
TROUBLE = (LookupError, ValueError, OSError, NoSandbox)  # and `Unusable`, which is a ValueError


def in_words(error: Exception, course: Path) -> str:
    """What came, what fits, and what to do: an OSError's own first argument is a number."""
    if not isinstance(error, OSError) or error.errno is None:
        return str(error.args[0]) if error.args else type(error).__name__
    where = f" {error.filename}" if error.filename else ""
    return (
        f"{course} cannot be graded: {error.strerror}:{where}. Whoever grades must be able to read "
        "the course folder and to write into it; see that the disk is there, not full and not "
        "read-only, and that the folder is yours."
    )


def add(commands) -> None:
    """Add the commands of this module to those of `python -m autograder`."""
    for name, function in COMMANDS.items():
        command = commands.add_parser(name, help=function.__doc__)
        command.set_defaults(run=function)
        if name == "list":
            command.add_argument("--json", action="store_true", help="machine-readable")
            continue
        command.add_argument("--course", type=Path, default=Path("course"))
        if name == "replay":
            command.add_argument("assignment")
            command.add_argument("learner")
        else:
            command.add_argument("assignment", nargs="*", help="chapter stems; default: all")
        if name == "grade":
            command.add_argument("--jobs", type=int, default=1, help="processes that grade")
            command.add_argument("--force", action="store_true", help="grade unchanged ones, too")
        if name in ("grade", "replay"):
            command.add_argument(
                "--unsandboxed", action="store_true", help="run answers as trusted code"
            )


def list_exercises(options):
    """list every exercise"""
    rows = [row for chapter in chapters().values() for row in listed(chapter)]
    if options.json:
        print(json.dumps(rows, indent=2))
        return
    columns = list(rows[0])
    table = [columns, *[[str(row[column]) for column in columns] for row in rows]]
    widths = [max(len(line[i]) for line in table) for i in range(len(columns))]
    for line in table:
        print(
            "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        )


def listed(chapter: Chapter) -> list[dict]:
    known = exercises()
    return [
        {
            "part": chapter.part,
            "chapter": chapter.stem,
            "name": exercise.name,
            "kind": exercise.kind,
            "points": exercise.points,
            "optional": exercise.optional,
            "oracle": exercise.oracle_name,
            "misconceptions": len(exercise.misconceptions),
            "claims": len(exercise.claims),
        }
        for exercise in map(known.get, chapter.exercises)
    ]


def release(options):
    """make source notebooks and, through nbgrader, the learners' notebooks"""
    from autograder.course.notebook import write_source
    from autograder.course.release import generate_assignment

    prepare_course(options.course)
    for chapter in chosen(options):
        write_source(chapter, options.course)
        if problem := generate_assignment(options.course, chapter.stem):
            sys.exit(f"nbgrader could not release {chapter.stem} in {options.course}:\n{problem}")


def samples(options):
    """write sample submissions: right, blank, mistaken, broken"""
    from autograder.course.samples import write_samples

    for chapter in chosen(options):
        for path in write_samples(chapter, options.course):
            print(path)


def grade(options):
    """grade what was submitted and write the feedback"""
    from autograder.course.grading import grade as grade_assignment

    if options.jobs < 1:
        sys.exit(f"--jobs {options.jobs}: give a number of processes, 1 or more.")
    lost = []
    for chapter in chosen(options):
        try:
            summary = grade_assignment(
                options.course, chapter.stem, options.jobs, options.force, options.unsandboxed
            )
        except TROUBLE as error:
            sys.exit(in_words(error, options.course))
        print("\n".join(summary.lines()))
        lost += summary.lost
    return 1 if lost else 0


def replay(options):
    """grade one submission again with its recorded seed, changing nothing"""
    from autograder.course.replay import replay as replay_submission

    try:
        told, same = replay_submission(
            options.course, options.assignment, options.learner, options.unsandboxed
        )
    except TROUBLE as error:
        sys.exit(in_words(error, options.course))
    print(told)
    return 0 if same else 1


def missing(options):
    """list mistakes that nobody has named, most frequent first, as skeletons for checks"""
    from autograder.course.folder import Course
    from autograder.course.missing import missing as unnamed
    from autograder.course.missing import skeleton

    try:
        entries = [
            e for chapter in chosen(options) for e in unnamed(Course(options.course), chapter.stem)
        ]
    except TROUBLE as error:
        sys.exit(in_words(error, options.course))
    print("\n".join(map(skeleton, entries)) or "Every wrong answer has a name, or none is graded.")


COMMANDS = {
    "list": list_exercises,
    "release": release,
    "samples": samples,
    "grade": grade,
    "replay": replay,
    "missing": missing,
}


def chosen(options) -> list[Chapter]:
    """The chapters asked for that have exercises. Raises SystemExit for unknown names."""
    known = {stem: chapter for stem, chapter in chapters().items() if chapter.exercises}
    if unknown := set(options.assignment) - set(known):
        sys.exit(f"No chapter {', '.join(sorted(unknown))}. There is: {', '.join(known)}.")
    return [known[stem] for stem in options.assignment or known]


def prepare_course(course: Path):
    """A course folder in which stock nbgrader commands work as they are."""
    course.mkdir(parents=True, exist_ok=True)
    config = course / "nbgrader_config.py"
    if not config.exists():
        text = CONFIG.format(path=str(Path(__file__).resolve().parent))
        config.write_text(text, encoding="utf8")


def environment() -> dict[str, str]:
    """With this Python's own commands first: nbgrader calls `alembic` by its bare name."""
    own_commands = str(Path(sys.executable).parent)
    return os.environ | {"PATH": os.pathsep.join([own_commands, os.environ.get("PATH", "")])}
