"""A learner's own model in the page: what runs is what was exported, and what cannot run is refused."""

import json

import pytest
import torch
from browser import LOOKS, ask, axe_faults, tab
from playing import as_in_a_page, opened, press, says
from small_models import small_model, small_tokenizer

from byhand import export, load

TEXTS = ["Flora went there. 2026, é 🙂", "", "<|end|> weather\n\n gathered"]


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    return export(small_model(), small_tokenizer(), tmp_path_factory.mktemp("own") / "small.json")


def test_the_page_computes_what_the_model_does(engine, exported):
    """Are ids and logits those of transformers, for sizes that no loop divides evenly?"""
    rounded, tokenizer = as_in_a_page(small_model()), small_tokenizer()
    end = tokenizer.eos_token_id
    for text, found in zip(
        TEXTS, engine("own", path=str(exported), changes=[], texts=TEXTS), strict=True
    ):
        assert found["ids"] == [end, *tokenizer(text).input_ids]
        assert found["back"] == text
        with torch.no_grad():
            wanted = rounded(torch.tensor([found["ids"]])).logits[0]
        assert (wanted - torch.tensor(found["logits"])).abs().max() < 1e-3


DAMAGED = {
    "another version": ([[["format"], "byhand-playground-9"]], "another version of the course"),
    "no format": ([[["format"], None]], "not a file that byhand.export wrote"),
    "no weights": ([[["weights"], None]], "a part of it is missing"),
    "no tokenizer": ([[["tokenizer"], None]], "a part of it is missing"),
    "half a model": ([[["weights", "config", "layers"], 1]], "its list of matrices"),
    "endless": ([[["weights", "config", "layers"], 10**9]], "its list of matrices"),
    "heads": ([[["weights", "config", "heads"], 7]], "its sizes"),
    "floats": ([[["weights", "floats"], "AAAA"]], "its numbers"),
    "bytes": ([[["weights", "bytes"], "AAAA"]], "its numbers"),
    "tokens": ([[["tokenizer", "tokens", 3], "a"]], "its tokens"),
    "merges": ([[["tokenizer", "merges", 0], "x"]], "its merges"),
    "end": ([[["tokenizer", "end"], "<|stop|>"]], "its tokens"),
}


@pytest.mark.parametrize("case", DAMAGED)
def test_a_damaged_file_is_refused_in_words(engine, exported, case):
    """Does the sentence say what is wrong, whatever part of the file it is?"""
    changes, words = DAMAGED[case]
    assert words in engine("own", path=str(exported), changes=changes, texts=[])


def test_numbers_that_are_none_are_refused(engine, exported):
    """Is nan found even where the sizes fit?"""
    weights = json.loads(exported.read_text("utf8"))["weights"]
    nan = "//////////8="  # one block of base64 whose first floats are nan
    floats = nan[:8] + weights["floats"][8:]
    said = engine("own", path=str(exported), changes=[[["weights", "floats"], floats]], texts=[])
    assert "This file is damaged" in said


def test_a_foreign_file_is_refused_in_words(engine, tmp_path):
    """Would a picture or a notebook be told from a model?"""
    for name, data in {"a.png": b"\x89PNG\r\n", "b.txt": b"[1, 2", "c.txt": b"null"}.items():
        (tmp_path / name).write_bytes(data)
        said = engine("own", path=str(tmp_path / name), changes=[], texts=[])
        assert said == "This is not a file that byhand.export wrote."


# ---- in a browser


def choose(section, path, words: str):
    section.locator("input[type=file]").set_input_files(path)
    section.locator(".playground-says .seen", has_text=words).wait_for()


@pytest.mark.parametrize("file", [False, True], ids=["served", "from a file"])
def test_a_model_is_opened_and_left_by_keyboard(browser, small_html, small_site, tmp_path, file):
    """Do story and sampling run on the reader's model, and on town-gpt again, with nothing sent?"""
    path = export(*load("town-gpt-1-layer"), tmp_path / "mine.json")
    base = small_html.as_uri() if file else small_site
    page = tab(browser, "light", base, reduced_motion="reduce")
    page.goto(f"{base}/index.html")
    story, sampling, section = (opened(page, kind) for kind in ("next", "sampling", "own"))
    assert says(section).startswith("The playgrounds run on town-gpt.")
    before = story.locator(".offer .share").all_inner_texts()
    asked = len(page.asked)
    (tmp_path / "broken.json").write_text('{"format": "byhand-playground-1"}')
    choose(section, tmp_path / "broken.json", "This file is damaged")
    assert says(section).endswith("The playgrounds run on town-gpt.")
    assert story.locator(".playground-model").count() == 0

    choose(section, path, "mine.json runs here now: 1 layer of 4 heads")
    opened(page, "sampling")
    for one in (story, sampling):
        assert "mine.json" in one.locator(".playground-model").inner_text()
    assert story.locator(".offer .share").all_inner_texts() != before
    links = section.locator("a").all_inner_texts()
    assert "A story, written together" in links
    choose(section, tmp_path / "broken.json", "The playgrounds go on with mine.json.")

    story.get_by_role("button", name="Back to town-gpt").focus()
    press(page, "Enter")
    opened(page, "next")
    assert ask(story.locator(".playground-title"), "e => e === document.activeElement")
    assert story.locator(".offer .share").all_inner_texts() == before
    assert story.locator(".playground-model").count() == 0
    assert section.get_by_role("button", name="Back to town-gpt").is_disabled()
    assert [url for url in page.asked[asked:] if not url.startswith("blob:")] == []
    assert page.complaints == []
    page.context.close()


def test_too_large_a_file_is_not_read(played, tmp_path):
    """Is a film that was chosen by mistake refused before the page is full of it?"""
    with (tmp_path / "film.mp4").open("wb") as film:
        film.truncate(45_000_000)
    section = opened(played(), "own")
    choose(section, tmp_path / "film.mp4", "This file has 45 MB; a page takes at most 40 MB.")


@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_no_fault_where_a_readers_model_runs(browser, small_site, exported, look):
    """Is the line that says so readable in every look, and does nothing go sideways?"""
    page = tab(browser, look, small_site, reduced_motion="reduce")
    page.goto(f"{small_site}/index.html")
    opened(page, "next")
    choose(opened(page, "own"), exported, "runs here now")
    opened(page, "next")
    assert axe_faults(page, ".playground[data-kind=next]") == []
    assert axe_faults(page, ".playground[data-kind=own]") == []
    assert ask(page, "document.documentElement.scrollWidth - innerWidth") <= 0
    page.context.close()
