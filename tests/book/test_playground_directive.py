"""The directive `playground`, and the files that it finds."""

import json
import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from extension import ROOT, book_module

from byhand import checkpoint

playground = book_module("playground")


def run(kind, content, **options):
    from docutils.statemachine import StringList

    place = {"get_source_and_line": lambda line: ("page.md", line), "reporter": None}
    machine = SimpleNamespace(**place)
    state = SimpleNamespace(nested_parse=lambda *given: None)
    directive = playground.Playground(
        "playground", [kind], options, StringList(content), 7, 0, "", state, machine
    )
    return directive.run()


@pytest.mark.parametrize(
    ("kind", "content", "options", "words"),
    [
        ("nothing", ["x"], {"title": "x"}, r"page\.md:7: there is no playground 'nothing'.*memory"),
        ("stage", ["x"], {"title": "x"}, "there is no playground 'stage'"),
        ("memory", [""], {"title": "x"}, "needs a :title: and a text"),
        ("memory", ["x"], {}, "needs a :title: and a text"),
    ],
)
def test_a_playground_without_its_parts_fails_the_build(kind, content, options, words):
    """Does the author learn where it stands and what is missing?"""
    with pytest.raises(playground.PlaygroundError, match=words):
        run(kind, content, **options)


def test_a_file_makes_a_playground():
    """Is there nothing to list when a new one comes?"""
    assert {"tokenizer", "attention", "sampling", "memory"} <= set(playground.kinds())
    (node,) = run("memory", ["text"], title="Memory", height="20rem")
    assert (node["kind"], node["height"], node["narrow"]) == ("memory", "20rem", "20rem")


def test_another_kind_of_tokenizer_is_refused(tmp_path):
    """Would a tokenizer that the page cannot follow be noticed when the book is built?"""
    learned = json.loads(Path(checkpoint("town-gpt"), "tokenizer.json").read_text("utf8"))
    learned["pre_tokenizer"] = {"type": "Whitespace"}
    (tmp_path / "tokenizer.json").write_text(json.dumps(learned))
    with pytest.raises(
        playground.PlaygroundError, match=r"by \['Whitespace'\].*teach bpe\.js the new way"
    ):
        playground.tokenizer_script(tmp_path)


def test_scripts_are_short_and_stand_alone():
    """Can each be read in one sitting, and does none name another address?"""
    for path in sorted(
        [*(ROOT / "book/scripts").rglob("*.js"), *(ROOT / "book/styles").glob("*.css")]
    ):
        text = path.read_text("utf8")
        assert len(text.splitlines()) <= 300 or path.suffix == ".css", path.name
        loaded = re.findall(r"(?:src|import|url|fetch)\W+https?://", text)
        assert not loaded, path.name
