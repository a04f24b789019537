"""`progress`: where a learner's model stands, kept beside the notebook without ever failing a check."""

import json
import os
import re
import subprocess
import sys
from html import unescape
from pathlib import Path

import pytest
from terminal import TRANSPOSED, TRIANGLE

from autograder import progress
from autograder.exercise import chapters, exercises
from autograder.exercise.journey import asked_in
from autograder.home import standing
from autograder.home.progress import WORDS

CHAPTER = "self_attention"


@pytest.fixture(autouse=True)
def fresh(monkeypatch, tmp_path, terminal):
    """A session that has checked nothing, in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(standing, "states", {})
    monkeypatch.setattr(standing, "shared", False)


def left() -> dict:
    return json.loads(Path(".byhand/progress.json").read_text("utf8"))


def told(strip) -> dict[str, str]:
    """What a strip says of each exercise, in text and in HTML alike."""
    plain = unescape(re.sub(r"<[^>]+>", " ", strip.html.split("</style>")[1]))
    rows = dict(re.findall(r"^    (\w+) +(.+)$", repr(strip), re.MULTILINE))
    for name, state in rows.items():
        assert re.search(rf"\b{name}\s+{state}", plain), name
    return rows


def test_it_says_how_each_answer_of_the_chapter_stands(terminal):
    """Does a learner see what is accepted, tried and lent, as the last check of each had it?"""
    names = list(chapters()[CHAPTER].exercises)
    assert told(progress(CHAPTER)) == dict.fromkeys(names, WORDS[""])
    terminal.check(TRANSPOSED)
    terminal.check("", "combine_masks")
    rows = told(progress(CHAPTER))
    assert rows["causal_mask"] == WORDS["tried"]
    assert rows["combine_masks"] == WORDS["lent"]
    terminal.check(TRIANGLE)
    strip = progress(CHAPTER)
    assert told(strip)["causal_mask"] == WORDS["accepted"]
    assert f"1 of {len(names)} functions accepted" in repr(strip)


def test_a_hint_tells_it_too(terminal):
    """Is an answer that was only asked about known to be tried?"""
    progress(CHAPTER)
    terminal.run(TRANSPOSED + 'hint("causal_mask")')
    assert left()["causal_mask"] == "tried"


def test_chapters_see_each_other(terminal, monkeypatch, tmp_path):
    """Does a second notebook know what was accepted in the first, each in a folder of its own?"""
    for stem in ("language_models", CHAPTER):
        Path(stem).mkdir()
    monkeypatch.chdir(tmp_path / CHAPTER)
    progress(CHAPTER)
    terminal.check(TRIANGLE)
    standing.states.clear()  # another kernel
    monkeypatch.chdir(tmp_path / "language_models")
    strip = progress("language_models")
    assert "In the whole course: 1 of" in repr(strip)
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == [".byhand"]


def test_a_chapter_whose_answers_are_accepted_is_the_learners_own():
    """Does the strip end in words for what is done, and its step stand full?"""
    asked = [e for e in asked_in(chapters()[CHAPTER]) if not e.in_prose]
    standing.states.update(dict.fromkeys([e.name for e in asked], "accepted"))
    strip = progress(CHAPTER)
    assert "all of it is yours" in repr(strip)
    assert 'class="bh-here" style="--part:100%"' in strip.html


def test_nothing_is_written_before_a_notebook_asks(terminal):
    """Does a check in a script, in the book or in a test leave no file?"""
    terminal.check("")
    assert os.listdir() == []
    progress(CHAPTER)
    assert left() == {"causal_mask": "lent"}
    assert os.listdir(".byhand") == ["progress.json"], "no piece of a file is left"


@pytest.mark.parametrize(
    "found",
    ["", "{", "[]", "null", "7", '{"causal_mask": "won", "no_such": "accepted", "softmax": {}}',
     "[" * 50_000, "\x00" * 300_000, '{"softmax": "accepted"' + " " * 200_000 + "}"],
)  # fmt: skip
def test_a_file_that_says_nothing_useful_is_no_harm(terminal, found):
    """Is a corrupt, large or foreign file read as nothing, and mended by the next check?"""
    Path(".byhand").mkdir()
    Path(".byhand/progress.json").write_text(found)
    assert set(told(progress(CHAPTER)).values()) == {WORDS[""]}
    terminal.check(TRIANGLE)
    assert terminal.names["result"] == 2
    assert left() == {"causal_mask": "accepted"}


def test_a_place_that_cannot_be_written_costs_nothing(terminal, monkeypatch):
    """Do checks and the strip work where the file is a folder, or nothing may be written at all?"""
    Path(".byhand/progress.json").mkdir(parents=True)
    progress(CHAPTER)
    terminal.check(TRIANGLE)
    assert terminal.names["result"] == 2
    assert told(progress(CHAPTER))["causal_mask"] == WORDS["accepted"]
    assert os.listdir(".byhand") == ["progress.json"]

    def refuse(*_, **__):
        raise PermissionError

    monkeypatch.setattr("tempfile.mkstemp", refuse)
    monkeypatch.setattr(Path, "mkdir", refuse)
    monkeypatch.setattr(Path, "cwd", refuse)
    terminal.check("")
    assert terminal.names["result"] == 2
    assert told(progress(CHAPTER))["causal_mask"] == WORDS["accepted"]


def test_a_misspelt_chapter_is_asked_about():
    """Does a learner read which chapter was meant?"""
    assert "Did you mean `self_attention`?" in repr(progress("self_atention"))


def test_without_a_chapter_it_shows_the_course():
    """Is there a step for every chapter, and one for each part that is planned?"""
    strip = progress()
    assert strip.html.count('accepted"') == len(chapters())
    assert told(strip) == {}


def test_the_released_cells_run_without_a_word_on_stderr(course):
    """Do set-up, strip and check of a released notebook end as nbgrader wants them, in its folder?"""
    folder = course / "release" / CHAPTER
    notebook = json.loads((folder / f"{CHAPTER}.ipynb").read_text("utf8"))
    cells = {c["metadata"].get("nbgrader", {}).get("grade_id"): "".join(c["source"])
             for c in notebook["cells"]}  # fmt: skip
    code = "\n".join(
        re.sub(r"^ +%pip.*\\\n.*$", "    pass", cells[name], flags=re.MULTILINE)
        for name in ("setup", "imports", "progress-begins", "causal_mask-check", "progress-ends")
    )
    here = Path("self_attention")
    here.mkdir()
    done = subprocess.run([sys.executable, "-c", code], cwd=here, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert left() == {"causal_mask": "lent"}


def test_exercises_that_a_person_reads_are_not_counted():
    """Is no learner kept from the end by a text that no check can accept?"""
    written = next(e for e in exercises().values() if e.in_prose)
    strip = progress(written.module)
    assert told(strip)[written.name] == WORDS["by hand"]
    number = len([e for e in asked_in(chapters()[written.module]) if not e.in_prose])
    assert f"0 of {number} function" in repr(strip)


@pytest.mark.parametrize("stem", [s for s, chapter in chapters().items() if chapter.exercises])
def test_a_notebook_begins_and_ends_with_where_the_model_stands(stem, course):
    """Is the strip asked for by two cells that are locked, not graded, and not alike in text?"""
    notebook = json.loads((course / "release" / stem / f"{stem}.ipynb").read_text("utf8"))
    marks = [c["metadata"].get("nbgrader", {}) for c in notebook["cells"]]
    cells = {m.get("grade_id"): (m, c) for m, c in zip(marks, notebook["cells"], strict=True)}
    sources = set()
    for name in ("progress-begins", "progress-ends"):
        mark, cell = cells[name]
        assert (mark["locked"], mark["grade"], mark["solution"]) == (True, False, False)
        (source,) = cell["source"]
        assert source.startswith(f'autograder.progress("{stem}")'), (
            "a chapter has a bar of that name"
        )
        sources.add(source)
    assert len(sources) == 2, "a submission's cells are known by their text"
