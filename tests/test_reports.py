"""The page that a learner shows to somebody: whole, readable everywhere, and true to its input."""

import html
import re
from datetime import date

import pytest
import torch
from browser import LOOKS, ask, axe_faults, tab

from byhand import notebook, report
from solutions.tokenization import bpe_encode, train_bpe

EVIL = '<script>alert("x")</script>&'


def grown():
    """What a reader wrote."""


GIVEN = {
    "title": "A model of Tiny Town",
    "parts": [("tokenizer", [train_bpe, grown]), ("attention", grown), ("cache", "my own"),
              ("preferences", bpe_encode)],
    "curves": {"training": [(5 * i, 1.3 + 3 / (1 + i)) for i in range(60)],
               "held-out stories": [(0, 4.5), (150, 1.6), (295, 1.5)],
               "Preferences": {"chosen": [(0, 0.693), (40, 0.31)]}},
    "floor": {"the true entropy": 1.21},
    "samples": [("Rose found", "Rose found a lamp.\nThe end."), ("3+4=", "7"), ("", "Tom sang.")],
    "facts": [("parameters", 1234567), ("speed", "412 tokens per second")],
}  # fmt: skip


@pytest.fixture
def written(tmp_path):
    def write(**given) -> str:
        return report(tmp_path / "mine.html", **({"title": "Mine"} | given)).read_text("utf8")

    return write


def test_what_was_given_stands_on_the_page(written):
    """Are parts, curves, floor, samples and facts there, with versions, machine and date?"""
    page = written(**GIVEN)
    for said in (
        "<h1>A model of Tiny Town</h1>", "2 of 4 parts are wholly my own code.",
        "my own: grown; the book&#x27;s: train_bpe", "<td>the book&#x27;s</td>",
        "the true entropy, 1.210", "<h2>Preferences</h2>",
        "<strong>Rose found</strong> a lamp.\nThe end.", "<strong>3+4=</strong>\n7",
        "1,234,567", "412 tokens per second", torch.__version__, f'datetime="{date.today()}"',
    ):  # fmt: skip
        assert said in page
    assert re.search(r"<td class=\"number\">1.350</td><td class=\"number\">1.350</td>", page)
    assert '<td class="number">+0.140</td>' in page, "how far the last loss lies above the floor"


def test_a_curve_is_told_to_those_who_cannot_see_it(written):
    """Does the picture say where each curve begins and ends, and where the floor lies?"""
    told = re.findall(r'<svg [^>]*aria-label="([^"]+)"', written(**GIVEN))
    assert told == [
        "training: loss 4.30 at step 0, 1.35 at step 295. "
        "held-out stories: loss 4.50 at step 0, 1.50 at step 295. "
        "A level line, the true entropy, at 1.21.",
        "chosen: loss 0.69 at step 0, 0.31 at step 40.",
    ]


def test_nothing_that_is_given_becomes_markup(written):
    """Is every text shown letter by letter, wherever it stands?"""
    page = written(
        title=EVIL, parts=[(EVIL, EVIL)], curves={EVIL: [(0, 1)], "x": {EVIL: [(0, 2)]}},
        floor={EVIL: 1}, samples=[(EVIL, EVIL * 2)], facts=[(EVIL, EVIL)],
    )  # fmt: skip
    assert "<script" not in page
    assert page.count(html.escape(EVIL)) >= 12


def test_letters_that_no_file_can_hold_are_replaced(written):
    """Is a sample cut inside a letter, or with a bell in it, shown all the same?"""
    assert "a\ufffdb\ufffdc" in written(samples=[("", "a\ud83db\x07c")])


def test_only_what_was_given_has_a_heading(written):
    """Is a page of a title alone a page, without empty sections?"""
    assert re.findall(r"<h2>(.*?)</h2>", written()) == ["What it ran on"]


def test_a_loss_that_is_no_number_leaves_a_gap(written):
    """Is a run that diverged drawn as far as it goes, and is that said?"""
    page = written(curves={"too fast": [(0, 3.0), (1, float("inf")), (2, float("nan"))]})
    assert "2 of them are no finite numbers" in page


def test_numbers_may_come_from_torch(written):
    """Does a log of tensors do, without `.item()`?"""
    page = written(curves={"a": [(torch.tensor(0), torch.tensor(2.5))]},
                   facts=[("loss", torch.tensor(1.23456))])  # fmt: skip
    assert "2.500" in page
    assert "1.23<" in page


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"title": " "}, r"got ' ' in title, where a text belongs"),
        ({"parts": [("tokenizer",)]}, r"got \('tokenizer',\) in parts, which is a list of pairs"),
        ({"parts": [("tokenizer", 3)]}, r"got 3 in parts, where it takes a word, a function"),
        ({"parts": "tokenizer"}, r"got 'tokenizer' as parts; it takes a list of pairs"),
        ({"samples": ["Rose"]}, r"got 'Rose' in samples, which is a list of pairs"),
        ({"samples": [torch.tensor(1)]}, r"got tensor\(1\) in samples, which is a list of pairs"),
        ({"curves": [(0, 1)]}, r"got \[\(0, 1\)\] as curves; it takes a dict, by name"),
        ({"curves": {"a": []}}, r"got the curve 'a' without a finite loss"),
        ({"curves": {"a": {}}}, r"got no curve in 'a'"),
        ({"curves": {"a": [(0, "1.5")]}}, r"got '1.5' in the curve 'a', where a number belongs"),
        ({"curves": {"a": [(float("nan"), 1)]}}, r"got nan in the curve 'a'"),
        ({"floor": {"entropy": 1.2}}, r"got a floor and no curve above it"),
        ({"curves": {"a": [(0, 1)]}, "floor": {"entropy": None}}, r"got None in floor 'entropy'"),
        ({"facts": [(3, 4)]}, r"got 3 in facts, where a text belongs"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_told(written, given, told):
    """Does an error name what came and what belongs there?"""
    with pytest.raises(ValueError, match=told):
        written(**given)


@pytest.mark.parametrize("path", ["mine", "mine.txt", None, "", "folder.html"])
def test_the_path_is_that_of_a_page(tmp_path, monkeypatch, path):
    """Is a name that no browser would open told, before anything is drawn?"""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder.html").mkdir()
    with pytest.raises(ValueError, match=r"report\(\) got .*(my_model.html|Name a file)"):
        report(path, title="Mine")


def test_a_notebook_shows_the_page(written, monkeypatch):
    """Does a notebook have the page in a frame, and a way to keep it that needs no server?"""
    shown = []
    monkeypatch.setattr(notebook, "in_notebook", lambda: True)
    monkeypatch.setattr("IPython.display.display", lambda data, raw: shown.append(data))
    page = written(**GIVEN)
    (data,) = shown
    assert html.unescape(re.search(r'srcdoc="([^"]*)"', data["text/html"])[1]) == page
    assert 'download="mine.html" href="data:text/html;base64,' in data["text/html"]
    assert data["text/plain"].startswith("A model of Tiny Town: written to ")


@pytest.mark.parametrize("look", LOOKS)
def test_the_page_is_readable_everywhere(browser, written, tmp_path, look):
    """Has it no faults for axe, nothing cut off, and nothing fetched, in light, dark, on a phone?"""
    written(**GIVEN)
    page = tab(browser, look, "file:")
    page.goto(f"file://{tmp_path}/mine.html")
    assert page.complaints == []
    assert page.asked == [page.url]
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert ask(page, wide) <= 0
    assert page.locator("svg").first.bounding_box()["width"] <= LOOKS[look][0]
    page.context.set_offline(True)
    assert axe_faults(page) == []
    page.context.close()
