"""A chapter on its way: MyST source, the instructor's notebook, the learner's notebook."""

import ast
import re

import jupytext
import nbformat
import pytest
from nbgrader.preprocessors import ClearSolutions

from autograder.course.marks import graded_exercise, is_guess, own
from autograder.course.notebook import (
    plain_markdown,
    source_notebook,
    with_solution_markers,
    write_source,
)
from autograder.exercise import Chapter, chapters, exercises
from autograder.exercise.taking import TAG, as_taken

CHAPTERS = chapters()
WITH_EXERCISES = [stem for stem, chapter in CHAPTERS.items() if chapter.exercises]

every_chapter = pytest.mark.parametrize("stem", CHAPTERS)
every_assignment = pytest.mark.parametrize("stem", WITH_EXERCISES)


def released(course, stem):
    return nbformat.read(course / "release" / stem / f"{stem}.ipynb", as_version=4)


def answers(notebook) -> dict[str, str]:
    return {own(c)["grade_id"]: c.source for c in notebook.cells if own(c).get("solution")}


# ---- nothing is lost on the way


@every_chapter
def test_our_reading_of_a_chapter_is_jupytexts(stem):
    """Does the fast reader that `check` uses see the cells that jupytext sees?"""
    chapter = CHAPTERS[stem]
    theirs = [(cell.metadata.get("tags", []), cell.source.strip())
              for cell in jupytext.read(chapter.path, fmt="md:myst").cells
              if cell.cell_type == "code"]  # fmt: skip
    assert [(tags, source) for tags, source, _ in chapter.cells] == theirs


@every_assignment
def test_prose_and_code_arrive_in_order(stem, course):
    """Does the learner read everything the chapter says, in the order in which it says it?"""
    written = jupytext.read(CHAPTERS[stem].path, fmt="md:myst").cells
    wanted = [plain_markdown(c.source) if c.cell_type == "markdown" else
              as_taken(c.source) if TAG in c.metadata.get("tags", []) else c.source
              for c in written if "exercise" not in c.metadata.get("tags", [])]  # fmt: skip
    arrived = [c.source for c in released(course, stem).cells]
    positions, start = [], 0
    for source in wanted:
        assert source in arrived[start:], f"lost or out of order: {source[:80]!r}"
        start = arrived.index(source, start) + 1
        positions.append(start)
    ours = [c for i, c in enumerate(released(course, stem).cells, 1) if i not in positions]
    asked = [exercises()[name] for name in CHAPTERS[stem].exercises]
    cells = [2 if e.in_prose else 4 if e.guess else 3 for e in asked]
    assert len(ours) == 4 + sum(cells), (
        "set-up, imports, progress twice; task, guess, answer and check of each"
    )


@every_assignment
def test_exercises_come_where_the_chapter_has_them(stem, course):
    """Does each exercise stand between the cells it stands between in the book?"""
    kinds = []
    for tags, source, _ in CHAPTERS[stem].cells:
        if "exercise" in tags:
            kinds += re.findall(r"import (.+)$", source, re.MULTILINE)
        else:
            kinds.append(as_taken(source) if TAG in tags else source)
    arrived = []
    for cell in released(course, stem).cells:
        if own(cell).get("grade"):
            arrived.append(graded_exercise(cell) or own(cell)["grade_id"])
        elif cell.cell_type == "code" and not own(cell) and not is_guess(cell):
            arrived.append(cell.source)
    assert arrived == [part.strip() for kind in kinds for part in
                       (kind.split(",") if kind not in arrived else [kind])]  # fmt: skip


@every_assignment
def test_a_notebook_opens_with_its_title(stem, course):
    """Is the first thing a learner sees the title, and not an installation?"""
    first = released(course, stem).cells[0]
    assert first.cell_type == "markdown"
    assert first.source.startswith(f"# {CHAPTERS[stem].title}")


# ---- answers


@every_assignment
def test_a_stub_keeps_what_is_asked_and_nothing_of_the_answer(stem, course):
    """Do learners get the signature and the docstring, and no line of the body?"""
    found = answers(released(course, stem))
    assert list(found) == list(CHAPTERS[stem].exercises)
    for name, source in found.items():
        if exercises()[name].gives_code or exercises()[name].in_prose:
            continue  # they begin with something else
        reference, stub = (ast.parse(s).body[0] for s in (exercises()[name].solution, source))
        assert exercises()[name].signature in source
        assert ast.get_docstring(stub) == ast.get_docstring(reference)
        for function in functions(stub):
            rest = function.body[1:] if ast.get_docstring(function) else function.body
            assert [ast.unparse(statement) for statement in rest] == ["raise NotImplementedError()"]
        assert [f.name for f in functions(stub)] == [f.name for f in functions(reference)]


def functions(definition):
    members = definition.body if isinstance(definition, ast.ClassDef) else [definition]
    return [member for member in members if isinstance(member, ast.FunctionDef)]


@every_assignment
def test_the_source_notebook_holds_the_whole_answer(stem):
    """Is the instructor's notebook, markers aside, exactly the reference?"""
    for name, source in answers(source_notebook(CHAPTERS[stem])).items():
        if exercises()[name].in_prose:
            assert source == exercises()[name].solution.strip()
            continue
        kept = [line for line in source.splitlines() if "### " not in line]
        assert "\n".join(kept) == exercises()[name].solution.rstrip()


@every_assignment
def test_grade_ids_tie_cells_to_exercises(stem, course):
    """Does each check cell carry its exercise's points under an id of its own?"""
    notebook = released(course, stem)
    ids = [own(cell)["grade_id"] for cell in notebook.cells if own(cell)]
    assert len(ids) == len(set(ids))
    assert [*ids[:3], ids[-1]] == ["setup", "imports", "progress-begins", "progress-ends"]
    for cell in notebook.cells:
        if name := graded_exercise(cell):
            assert cell.source == f'check("{name}")'
            assert own(cell)["points"] == exercises()[name].points
            assert own(cell)["locked"]
    asked = [exercises()[name] for name in CHAPTERS[stem].exercises]
    assert len(ids) == 4 + sum(1 if exercise.in_prose else 2 for exercise in asked)


def test_a_class_gets_one_stub_per_method():
    """Can a learner see what methods to write, each with its docstring?"""
    source = '''class Counter:
    """Counts."""

    step = 1

    def __init__(self, start):
        """Begins at `start`."""
        self.count = start

    @property
    def twice(self):
        return 2 * self.count

    def up(
        self, by
    ):
        # more
        def add(x):
            return x + by

        self.count = add(self.count)
'''
    marked = with_solution_markers(source)
    assert marked.count("### BEGIN SOLUTION") == marked.count("### END SOLUTION") == 3
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(marked)])
    notebook.cells[0].metadata["nbgrader"] = {"solution": True}
    ClearSolutions().preprocess(notebook, {"language": "python"})
    stub = notebook.cells[0].source
    assert stub.count("raise NotImplementedError()") == 3
    assert '"""Begins at `start`."""' in stub
    assert "    @property\n    def twice(self):\n" in stub
    assert "step = 1" in stub
    assert "self.count" not in stub
    assert "add" not in stub
    compile(stub, "stub", "exec")


def test_a_body_of_one_line_and_a_decorator_keep_their_place():
    """Do markers stand on lines of their own, at the body's indentation?"""
    marked = with_solution_markers("@cache\ndef f(x):\n    return x\n")
    assert marked == (
        "@cache\ndef f(x):\n    ### BEGIN SOLUTION\n    return x\n    ### END SOLUTION"
    )


def test_a_body_that_begins_with_a_comment_leaves_nothing_behind():
    """Is a comment above the first statement part of the answer, and so taken out?"""
    source = 'def f(x):\n    """Says it."""\n    # the trick: negate\n    return -x\n'
    before = with_solution_markers(source).partition("### BEGIN SOLUTION")[0]
    assert "trick" not in before


# ---- markup


@pytest.mark.parametrize(
    ("myst", "plain"),
    [
        ("(the-root)=\n## Why the root", "## Why the root"),
        ("see {ref}`the root <the-root>`", "see the root"),
        ("see {ref}`the-root`", "see “the-root”"),
        ("{doc}`its page </3_attention/x>` and {term}`logit`", "its page and “logit”"),
        ("```{note}\nTwo lines\nof it.\n```", "> **Note**\n>\n> Two lines\n> of it."),
        ("```{admonition} On a card\n:class: tip\n\n**Idea.**\n```",
         "> **On a card**\n>\n> **Idea.**"),
        ("::::{tip} Outer\n:::{note}\ninner\n:::\n::::",
         "> **Outer**\n>\n> > **Note**\n> >\n> > inner"),
        ("before\n\n:::{warning}\nhot\n:::\n\nafter", "before\n\n> **Warning**\n>\n> hot\n\nafter"),
        ("```python\nx = 1\n```", "```python\nx = 1\n```"),
        ("$\\sqrt{D}$ and {curly} and `{ref}`", "$\\sqrt{D}$ and {curly} and `{ref}`"),
        ("Words.\n\n% erratum E15 E70", "Words."),
    ],
)  # fmt: skip
def test_myst_becomes_markdown_that_any_front_end_shows(myst, plain):
    """Are admonitions, targets and references readable where nothing knows MyST?"""
    assert plain_markdown(myst) == plain


@every_chapter
def test_no_markup_of_the_book_is_left_in_a_notebook(stem):
    """Does any directive, role or target of MyST, or a line for authors, reach a learner?"""
    for cell in source_notebook(CHAPTERS[stem]).cells:
        if cell.cell_type == "markdown":
            text = re.sub(r"`[^`\n]*`", "", cell.source)
            assert not re.search(r"^\s*(:{3,}|`{3,}\{)", cell.source, re.MULTILINE), cell.source
            assert not re.search(r"\{(ref|doc|term|numref|cite\w*|eq)\}", text), cell.source
            assert not re.search(r"^\([\w-]+\)=|^% ?[a-zA-Z]", cell.source, re.MULTILINE), (
                cell.source
            )


# ---- made again


@every_assignment
def test_making_it_twice_gives_the_same_bytes(stem, tmp_path):
    """Is a notebook a function of its sources, with no date and no random id in it?"""
    first, second = (write_source(CHAPTERS[stem], tmp_path / name) for name in "ab")
    assert first.read_bytes() == second.read_bytes()


@every_assignment
def test_answers_may_use_what_the_reference_uses(stem):
    """Does the imports cell bring in what the signatures and bodies need?"""
    notebook = source_notebook(CHAPTERS[stem])
    namespace = {"__name__": "__main__"}
    imports = next(c for c in notebook.cells if own(c).get("grade_id") == "imports")
    exec(imports.source, namespace)
    for name, source in answers(notebook).items():
        if exercises()[name].in_prose:
            continue
        exec(source, namespace)
        assert callable(namespace[name])


# ---- mistakes of an author


def chapter_with(tmp_path, cell):
    path = tmp_path / "07_self_attention.md"
    head = "---\njupytext:\n  text_representation:\n    format_name: myst\n---\n\n# Title\n\n"
    path.write_text(f"{head}```{{code-cell}}\n:tags: [exercise]\n{cell}\n```\n", encoding="utf8")
    return Chapter(path)


def test_an_exercise_that_nobody_declared_is_refused(tmp_path):
    """Does an author read which name is unknown, where it should be, and what there is?"""
    chapter = chapter_with(tmp_path, "from solutions.self_attention import casual_mask")
    with pytest.raises(LookupError) as caught:
        source_notebook(chapter)
    message = str(caught.value)
    assert "07_self_attention.md: an exercise cell imports 'casual_mask'" in message
    assert "autograder/checks/self_attention/ does not declare" in message
    assert "'causal_mask'" in message


def test_an_exercise_of_another_chapter_is_refused(tmp_path):
    """Is an exercise asked only in the chapter it belongs to?"""
    path = tmp_path / "01_elsewhere.md"
    chapter_with(tmp_path, "from solutions.self_attention import causal_mask").path.rename(path)
    with pytest.raises((LookupError, ModuleNotFoundError)):
        source_notebook(Chapter(path))


def test_a_chapter_knows_its_names_and_headings(tmp_path):
    """Do stem, title, tags and headings come from the file alone?"""
    chapter = chapter_with(tmp_path, "from solutions.self_attention import (\n    causal_mask,\n)")
    assert (chapter.stem, chapter.title) == ("self_attention", "Title")
    assert chapter.exercises == {"causal_mask": "Title"}
    assert chapter.demonstrations == {}
