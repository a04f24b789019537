"""Pages that are drawn from the exercises: the map and the tables; and where a report goes."""

import re
from types import SimpleNamespace
from xml.etree import ElementTree

import pytest
import yaml
from docutils import nodes
from extension import ROOT, book_module

from autograder.exercise import chapters, exercises
from autograder.exercise.journey import taken_by
from byhand.figures import COLOURS

course_map = book_module("course_map")
exercise_list = book_module("exercise_list")
by_hand = book_module("by_hand")
colours = book_module("colours")


# ---- the map


def drawn() -> ElementTree.Element:
    return ElementTree.fromstring(course_map.drawn(lambda stem: f"{stem}.html"))


def test_the_map_links_to_every_chapter_and_says_what_each_needs():
    """Does who cannot see the arcs learn the same?"""
    svg = drawn()
    assert [link.get("href") for link in svg.iter("a")] == [f"{stem}.html" for stem in chapters()]
    for stem, chapter in chapters().items():
        assert f"{chapter.title} needs " in svg.get("aria-label"), stem
    arcs = [path.get("data-of") for path in svg.iter("path")]
    assert arcs == [stem for stem, needed in course_map.needs().items() for _ in needed]


def test_the_map_draws_within_its_frame():
    """Is no arc cut off on the left, and no line below?"""
    svg = drawn()
    _, _, _, height = map(float, svg.get("viewBox").split())
    for path in svg.iter("path"):
        numbers = [float(number) for number in re.findall(r"-?[\d.]+", path.get("d"))]
        assert min(numbers) >= 0
        assert max(numbers[1::2]) <= height
    assert max(float(text.get("y")) for text in svg.iter("text")) < height


def test_a_chapter_needs_those_whose_functions_it_imports():
    """Are imports of exercises found in cells and in references, also inside functions?"""
    source = "import torch\nfrom byhand import load\ndef f():\n    from solutions.one import two"
    assert taken_by(source) == {("one", "two")}
    order = list(chapters())
    for stem, needed in course_map.needs().items():
        assert all(order.index(other) < order.index(stem) for other in needed), stem


def test_what_an_exercise_builds_on_comes_before_it():
    """Can a learner who goes from front to back do each exercise that a card names?"""
    order = [name for chapter in chapters().values() for name in chapter.exercises]
    for exercise in exercises().values():
        for need in exercise.needs:
            assert order.index(need) < order.index(exercise.name), (exercise, need)


# ---- tables of exercises


def test_every_exercise_is_in_both_tables_under_its_chapter():
    """Is there an exercise that a reader could not find?"""
    for directive in (exercise_list.ExerciseList, exercise_list.ExerciseQuality):
        _, table = directive.run(None)
        width = table[0]["cols"]
        rows = [row for body in table.findall(nodes.tbody) for row in body]
        wide = [row.astext() for row in rows if len(row) == 1]
        assert all(row[0]["morecols"] == width - 1 for row in rows if len(row) == 1)
        assert wide == [chapter.title for chapter in chapters().values() if chapter.exercises]
        assert all(len(row) in (1, width) for row in rows)
        named = [row[0].astext() for row in rows if len(row) > 1]
        assert sorted(named) == sorted(e.title for e in exercises().values())


def test_the_front_page_counts_what_there_is():
    """Are chapters, exercises and hours those of today, and not somebody's of last month?"""
    (told,) = exercise_list.CourseFacts.run(None)
    every = exercises().values()
    assert told.astext().startswith(f"{len(chapters())} chapters, {len(every)} exercises, ")
    for some in (every, [e for e in every if e.fast_track]):
        assert exercise_list.minutes(some) in told.astext()


def test_a_row_leads_to_the_card():
    """Is the link's target the one under which a card can be found?"""
    exercise = next(iter(exercises().values()))
    target = exercise_list.link(exercise)["reftarget"]
    assert target == f"exercise-{exercise.name}".lower()


@pytest.mark.parametrize(
    ("each", "said"), [([10, 20], "about 30 minutes"), ([60, 60], "about 2 hours")]
)
def test_time_is_told_in_hours_once_it_is_two(each, said):
    """Is the sum in a unit that one can plan an evening with?"""
    assert exercise_list.minutes([SimpleNamespace(minutes=m) for m in each]) == said


def test_mutants_come_from_the_last_test_run(monkeypatch, tmp_path):
    """Is nothing claimed, nor a reader told of a test run, before one has counted?"""
    monkeypatch.setattr(exercise_list, "QUALITY", tmp_path)
    exercise = next(iter(exercises().values()))
    assert exercise_list.mutants(exercise) == (0, 0)
    told, table = exercise_list.ExerciseQuality.run(None)
    for word in ("test run", "Mutants", "make"):
        assert word not in told.astext() + table.astext()
    (tmp_path / f"{exercise.name}.json").write_text('{"killed": 8, "mutants": 9}')
    told, table = exercise_list.ExerciseQuality.run(None)
    assert "The last test run made 9; 8 of them were refused." in told.astext()
    assert "8 of 9" in table.astext()


def test_how_exercises_are_proved_is_told_to_instructors():
    """Is the list of what there is to do free of what only a teacher asks?"""
    assert "exercise-quality" not in (ROOT / "book/pages/exercises.md").read_text("utf8")
    parts = yaml.safe_load((ROOT / "_toc.yml").read_text("utf8"))["parts"]
    (teaching,) = [part["chapters"] for part in parts if part.get("caption") == "Teaching"]
    assert {"file": "book/pages/quality"} in teaching


# ---- reports


def test_a_report_goes_to_the_books_repository():
    """Is the address made from the one place that says where the course lives?"""
    settings = {"repository_url": "https://github.com/org/repo/"}
    app = SimpleNamespace(config=SimpleNamespace(html_theme_options=settings))
    tag = by_hand.report_address(app, "chapters/1_nlp/01_a&b")
    version = re.escape(by_hand.version("llms-by-hand"))
    address = (
        r"https://github\.com/org/repo/issues/new\?title=chapters/1_nlp/01_a%26b%2C%20version%20"
    )
    assert re.fullmatch(rf'\s*<meta name="bh-report" content="{address}{version}">', tag)


# ---- colours


def test_a_colour_is_that_of_the_figures_everywhere():
    """Is there one place that says what is drawn in which colour?"""
    sheet = "".join(path.read_text("utf8") for path in (ROOT / "book").rglob("*.css"))
    assert not re.findall(r"#[0-9a-f]{6}", sheet, re.IGNORECASE)
    for meaning, (colour, _, _) in colours.MEANINGS.items():
        assert colour in COLOURS
        assert f"--{meaning}:{colour};" in colours.variables()


def test_names_in_a_signature_are_marked_by_what_they_hold():
    """Is a query underlined as one, and a name that means nothing here left alone?"""
    signature = "".join(f'<span class="n">{x}</span><span class="p">,</span>' for x in "qx")
    marked = colours.marked(signature)
    assert 'style="--means: var(--query)">q</span>' in marked
    assert '<span class="n">x</span>' in marked
    number = '<span class="n">k</span><span class="p">:</span> <span class="nb">float</span>'
    assert colours.marked(number) == number, "a number that is added is no key"
