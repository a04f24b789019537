"""The strip under a chapter's title: made from what chapters import, said in words, small."""

import re
from itertools import pairwise
from types import SimpleNamespace

import pytest
import yaml
from browser import ask
from docutils.utils import new_document
from extension import ROOT, book_module

from autograder.exercise import chapters, exercises
from autograder.exercise.journey import PARTS, Standing, asked_in, planned, standing, taken

chapter_strip = book_module("chapter_strip")
every_chapter = pytest.mark.parametrize("stem", chapters())
BOXES = """(css) => [...document.querySelectorAll(css)].filter((e) => e.checkVisibility())
    .map((e) => e.getBoundingClientRect())
    .map(({ left, right, top, bottom }) => [left, right, top, bottom])
"""


def drawn(stem: str) -> str:
    return chapter_strip.drawn(stem, lambda other: f"{other}.html", "the.ipynb")


def words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


# ---- what it says


def test_parts_are_those_of_the_table_of_contents():
    """Are names and folders of parts the same here as where the book lists them?"""
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text("utf8"))
    listed = {
        part["chapters"][0]["glob"].split("/")[1]: part["caption"]
        for part in toc["parts"]
        if "glob" in part["chapters"][0]
    }
    assert {folder: name for folder, (name, _) in PARTS.items()} == listed
    assert {chapter.part for chapter in chapters().values()} <= {"", *PARTS}


@every_chapter
def test_a_step_for_each_chapter_and_each_part_to_come(stem):
    """Does a reader see what is built, where this chapter is, what is ahead and what is planned?"""
    html, at = drawn(stem), list(chapters()).index(stem)
    steps = re.findall(r'<i class="bh-(\w+)"', html)
    for kind, number in {"built": at, "here": 1, "ahead": len(chapters()) - at - 1,
                         "planned": len(planned())}.items():  # fmt: skip
        assert steps.count(kind) == number, kind
    assert f'aria-label="Chapter {at + 1} of {len(chapters())}."' in html


@every_chapter
def test_it_counts_what_the_exercises_say(stem):
    """Are number, minutes and points those of the cards, required and optional apart?"""
    said, asked = words(drawn(stem)), asked_in(chapters()[stem])
    for optional in (False, True):
        some = [e for e in asked if e.optional == optional]
        minutes, points = sum(e.minutes for e in some), sum(e.points for e in some)
        assert (f"{minutes} minutes for {points:g} point" in said) == bool(some)
    assert f"{len(asked)} exercise" in said
    built = [e for e in standing(stem).built if not e.in_prose]
    assert f"{len(built)} function" in said or (not built and "Nothing yet" in said)


@every_chapter
def test_what_a_chapter_takes_is_named_and_linked(stem):
    """Does each function that its cells or its reference import lead to its card?"""
    html, takes = drawn(stem), taken()[stem]
    if len(takes) <= chapter_strip.MOST:
        for other, names in takes.items():
            assert f'<a href="{other}.html">{chapters()[other].title}</a>' in html
            for name in names:
                if name in exercises():
                    assert f'href="{other}.html#exercise-{name}"' in html
    for name in re.findall(r'href="#exercise-(\w+)"', html):
        assert name in chapters()[stem].exercises


def test_of_many_chapters_the_generous_are_named():
    """Where a page takes from a dozen chapters, is it a line all the same, and is none forgotten?"""
    takes = {stem: ("f",) * (1 + i % 3) for i, stem in enumerate(list(chapters())[:9])}
    said = chapter_strip.most(takes, "{}.html".format)
    assert len(said) == chapter_strip.MOST
    assert sum(int(re.match(r"\d+", part)[0]) for part in said) == sum(map(len, takes.values()))
    titles = [chapters()[stem].title for stem in takes if len(takes[stem]) == 3]
    assert all(f">{title}</a>" in part for title, part in zip(titles, said, strict=False))
    assert said[-1] == "9 more from 6 chapters"


def test_many_exercises_are_not_all_named():
    """Does the strip stay a strip where a chapter asks for many functions?"""
    for chapter in chapters().values():
        named = re.findall(r'href="#exercise-(\w+)"', drawn(chapter.stem))
        assert len(named) <= chapter_strip.MOST
        assert named


def test_at_the_end_nothing_is_missing(monkeypatch):
    """Is a reader of the last chapter told that the model is whole?"""
    monkeypatch.setattr("autograder.exercise.journey.planned", lambda: [])
    last = list(chapters().values())[-1]
    here = Standing(last, tuple(chapters().values())[:-1], (), {})
    assert chapter_strip.missing(here, str) == "Nothing: your model is whole."


def test_a_chapter_without_exercises_says_so():
    """Is a chapter that is only read not told as 0 exercises for 0 points?"""
    here = Standing(SimpleNamespace(exercises={}), (), (), {})
    assert chapter_strip.adds(here, "the.ipynb") == "Nothing to build: it is for reading."


# ---- how it looks


@pytest.mark.parametrize("look", ["dark", "phone"])
@every_chapter
def test_it_is_one_glance(visit, stem, look):
    """Does it stand right under the title, take little room, and do no two names touch?"""
    page = visit(chapters()[stem].path.relative_to(ROOT).as_posix(), look)
    ((_, _, top, bottom),) = ask_boxes(page, ".bh-strip")
    ((*_, title),) = ask_boxes(page, ".bd-article h1")
    assert 0 <= top - title < 40
    assert bottom - top < (220 if look == "dark" else 400)
    names = sorted(ask_boxes(page, ".bh-name"))
    assert all(left[1] <= right[0] for left, right in pairwise(names))
    (here,), *others = (ask_boxes(page, f".bh-{kind}") for kind in ("here", "built", "ahead"))
    height = here[3] - here[2]
    assert all(height > box[3] - box[2] for boxes in others for box in boxes), "not by colour alone"


def ask_boxes(page, css: str) -> list:
    return ask(page, f"({BOXES.strip()})({css!r})")


def test_it_is_no_part_of_what_is_searched():
    """Do readers who search for what is missing find text, and not the strip of every page?"""
    seen, page = [], new_document("page")
    page += chapter_strip.chapter_strip(html="")
    builder = SimpleNamespace(
        format="html", index_page=lambda name, shown, title: seen.append(shown)
    )
    book_module("by_hand").leave_folds_out_of_search(SimpleNamespace(builder=builder))
    builder.index_page("page", page, "Page")
    assert not list(seen[0].findall(chapter_strip.chapter_strip))
    assert list(page.findall(chapter_strip.chapter_strip)), "it is drawn all the same"
