"""Answers that lean on what no grader runs: the chapter's demonstrations, the course's own package.

Owns: which names of a notebook a grader will not know, and what is said of an answer that uses one.
"""

import ast
import contextlib
import inspect
import re
import sys
from importlib import import_module
from types import CodeType, ModuleType

from autograder.exercise import Exercise, chapters
from autograder.exercise.chapter import bound

CACHED = "functools"  # whose objects stand for functions
OURS = ("autograder", "byhand")  # which no grader's locked room has
TAKES = re.compile(r"^from autograder import .*\bown\b", re.MULTILINE)
NOT_DEFINED = re.compile(r"name '(\w+)' is not defined")


def books_modules(exercise: Exercise) -> set[str]:
    """The book's modules that an answer may not use: its own chapter's, and those after it."""
    stems = list(chapters())
    later = stems[stems.index(exercise.module) :] if exercise.module in stems else []
    return {f"{exercise.package}.{stem}" for stem in [*later, exercise.module]}


def from_the_book(value, modules: set[str]) -> bool:
    """Is this a function, a class or a module of the course that no grader's room has?"""
    if isinstance(value, ModuleType):
        name = value.__name__
    elif inspect.isfunction(value) or inspect.isclass(value) or type(value).__module__ == CACHED:
        name = value.__module__
    else:
        name = type(value).__module__  # an object may do whatever it likes when it is asked
        modules = set()
    return isinstance(name, str) and (name in modules or name.partition(".")[0] in OURS)


def shown_only(exercise: Exercise, namespace: dict) -> set[str]:
    """Names that only the chapter's demonstration cells bind: a grader will not know them.

    A demonstration that shows what a check says of its own function is running, and knows them.
    """
    chapter = chapters().get(exercise.module)
    if chapter is None or "In" not in namespace:
        return set()
    running = chapter.demonstrations.get(namespace["In"][-1].strip(), frozenset())
    own = running if exercise.name in running else frozenset()
    names = set().union(*chapter.demonstrations.values()) - given_to_all(exercise) - own
    return names.difference(*map(bound, written(exercise, namespace)))


def given_to_all(exercise: Exercise) -> set[str]:
    """What the imports of the released notebook bring."""
    module = import_module(f"{exercise.package}.{exercise.module}")
    return {"torch", "F", *vars(module)} - set(chapters()[exercise.module].exercises)


def written(exercise: Exercise, namespace: dict) -> list[str]:
    """The learner's own cells that were run, in order, as plain Python.

    A cell that takes functions of earlier chapters is not among them, with a folder of the
    learner's in it either: where there are no notebooks, the released imports bring the book's.
    """
    chapter = chapters().get(exercise.module)
    shown = chapter.demonstrations if chapter else {}
    cells = [source for source in namespace.get("In", []) if source.strip() not in shown]
    return [plain(source) for source in cells if not TAKES.search(source)]


def plain(source: str) -> str:
    """A cell's commands of IPython's, as the calls that IPython makes of them."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    with contextlib.suppress(Exception):  # what cannot be read was not run either
        return shell.transform_cell(source)
    return source


def unread(name: str, exercise: Exercise, namespace: dict) -> dict | None:
    """The error of the last cell that was to define a name and could not be read by Python."""
    begins = re.compile(rf"^[ \t]*(async[ \t]+)?(def|class)[ \t]+{name}\b", re.MULTILINE)
    for source in reversed(written(exercise, namespace)):
        if begins.search(source):
            try:
                ast.parse(source)
            except SyntaxError as error:
                text = (error.text or "").strip()
                line = error.lineno or 0
                return {"type": type(error).__name__, "message": error.msg, "line": line,
                        "text": text}  # fmt: skip
            except (ValueError, RecursionError, MemoryError):
                return None
    return None


def made_of(exercise: Exercise, namespace: dict, names: set[str]) -> dict[str, dict]:
    """Names of the learner's own that were made with one of `names`; the errors when graded.

    There, the statement that makes one fails.
    """
    lost: dict[str, dict] = {}
    for source in written(exercise, namespace) if names else []:
        with contextlib.suppress(SyntaxError, ValueError, RecursionError, MemoryError):
            for statement in ast.parse(source).body:
                missing = sorted(needed(statement) & (names | set(lost)))
                for name in bound(ast.unparse(statement)):
                    lost.pop(name, None)
                    if missing:
                        line = statement.lineno
                        lost[name] = {
                            "type": "NameError", "line": line,
                            "message": f"name '{missing[0]}' is not defined",
                            "text": source.splitlines()[line - 1].strip(),
                        }  # fmt: skip
    return lost


def needed(node: ast.AST) -> set[str]:
    """Names that a statement looks up when it runs; what a function does comes later."""
    found, waiting = set(), [node]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            found.add(node.id)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            waiting += [*node.decorator_list, node.args, *filter(None, [node.returns])]
            continue
        elif isinstance(node, ast.Lambda):
            waiting.append(node.args)
            continue
        waiting += ast.iter_child_nodes(node)
    return found


def advice(error: dict | None, shown: set[str], lost: dict[str, dict], ours: set[str]) -> str:
    """What to say of an error that comes of leaning on what no grader runs, or ""."""
    found = NOT_DEFINED.search(error["message"]) if error and error["type"] == "NameError" else None
    if not found:
        return ""
    name = found[1]
    if name in shown:
        return (
            f"`{name}` comes from a cell that is not graded: define or import it in the cell of "
            "your answer."
        )
    if name in ours:
        return f"`{name}` is the course's own, which a grader does not have: write it out."
    if name in lost and (root := NOT_DEFINED.search(lost[name]["message"])):
        return (
            f"`{name}` is made with `{root[1]}`, which comes from a cell that is not graded: "
            "define or import that in a cell of your own."
        )
    return ""


def codes(thing) -> list[CodeType]:
    """The code of a function, or of a class's methods, with all that is nested in it."""
    members = vars(thing).values() if inspect.isclass(thing) else [thing]
    waiting = [m.__code__ for m in members if inspect.isfunction(m)]
    found = []
    while waiting:
        code = waiting.pop()
        found.append(code)
        waiting += [constant for constant in code.co_consts if isinstance(constant, CodeType)]
    return found
