"""Beams in the page: the search against the solution's and the library's, and the tree by keyboard."""

import pytest
import torch
from browser import LOOKS, ask, axe_faults, tab
from pages import SIDEWAYS
from playing import heard, opened, press, says

from solutions.stopping_and_beams import beam_search

STEPS = 20
ALPHAS = [-1.0, 0.0, 1.0, 2.0]
ASKED = "Question: Who has the trumpet?\nAnswer:"  # what the page typed in
ROOM = "e => parseFloat(getComputedStyle(e).minHeight) + 1 - e.offsetHeight"
BEGINNINGS = [ASKED, "It was a busy Friday in Tiny Town.", ""]


def ids_of(town, text: str) -> list[int]:
    return [0, *town[1](text).input_ids]


@pytest.fixture(scope="session")
def logp_of(rounded):
    """The log-probability of each token after some ids, of the weights that the page has."""
    known = {}

    def logp(ids):
        if tuple(ids) not in known:
            with torch.no_grad():
                logits = rounded(torch.tensor([ids])).logits[0, -1]
            known[tuple(ids)] = logits.double().log_softmax(-1)
        return known[tuple(ids)]

    return logp


@pytest.fixture(scope="session")
def searched(engine, town):
    """What the page finds with some beams after a beginning, once for all tests."""
    found = {}

    def search(text, W, steps=STEPS):
        if (text, W, steps) not in found:
            given = {"prompt": ids_of(town, text), "W": W, "steps": steps, "end": 0}
            found[text, W, steps] = engine("beams", alphas=ALPHAS, **given)
        return found[text, W, steps]

    return search


@pytest.mark.parametrize("W", [1, 2, 3, 4])
@pytest.mark.parametrize("text", BEGINNINGS)
def test_the_best_text_is_that_of_the_solution(searched, logp_of, town, text, W):
    """Do the page and the book's function find the same text with the same score, for each alpha?"""
    prompt = ids_of(town, text)
    for alpha, shown in zip(ALPHAS, searched(text, W)["best"], strict=True):
        ids, score = beam_search(logp_of, prompt, W, STEPS, 0, alpha)
        assert prompt + shown["ids"] == ids
        assert shown["score"] == pytest.approx(score, abs=1e-3)


@pytest.mark.parametrize("W", [2, 3, 4])
@pytest.mark.parametrize("text", BEGINNINGS)
def test_the_best_text_is_that_of_generate(searched, rounded, town, text, W):
    """Would transformers, with the weights that the page has, write it too?"""
    row = torch.tensor([ids_of(town, text)])
    for alpha, shown in zip(ALPHAS, searched(text, W)["best"], strict=True):
        found = rounded.generate(
            row, attention_mask=torch.ones_like(row), do_sample=False, num_beams=W, max_new_tokens=STEPS,
            length_penalty=alpha, early_stopping="never", pad_token_id=0, eos_token_id=0,
        )  # fmt: skip
        assert found[0, row.shape[1] :].tolist() == shown["ids"], alpha


@pytest.mark.parametrize("W", [1, 2, 4])
def test_no_text_that_is_dropped_was_better(searched, logp_of, town, W):
    """Are those that are kept the best of all that compete, and the children those of the model?"""
    prompt, live, greedy = ids_of(town, ASKED), [{"ids": [], "sum": 0.0}], []
    for level in searched(ASKED, W)["levels"]:
        sums = {}
        for text, family in zip(live, level["grown"], strict=True):
            logps = logp_of(prompt + text["ids"])
            children = {(*text["ids"], token): text["sum"] + logp
                        for token, logp in enumerate(logps.tolist())}  # fmt: skip
            best = sorted(children, key=children.get, reverse=True)[: len(family)]
            assert [tuple(child["ids"]) for child in family] == best
            for child in family:
                assert child["sum"] == pytest.approx(children[tuple(child["ids"])], abs=1e-3)
            sums |= children
        ranked = sorted(sums, key=sums.get, reverse=True)
        kept = [text for text in ranked if text[-1] != 0][:W]
        assert [tuple(text["ids"]) for text in level["live"]] == kept
        ended = [text for text in ranked[:W] if text[-1] == 0]
        assert [tuple(text["ids"]) for text in level["ended"]] == ended
        if greedy[-1:] != [0]:
            greedy.append(int(logp_of(prompt + greedy).argmax()))
        assert level["greedy"]["ids"] == greedy
        live = level["live"]


# ---- in a page


def shown(value: float) -> str:
    return f"{value:.2f}".replace("-", "\N{MINUS SIGN}")


def sums_in(section) -> list[list[str]]:
    tables = section.locator(".contest table").all()
    return [table.locator("td:nth-child(2)").all_inner_texts() for table in tables]


def moved(section, label: str, *keys: str):
    section.get_by_label(label).focus()
    press(section.page, *keys)


def test_beams_are_stepped_by_keyboard(played, searched):
    """Does each step show what competes and what becomes of it, there and back, and say it aloud?"""
    page = played()
    section = opened(page, "beams")
    assert section.get_by_label("Beginning").input_value() == ASKED
    moved(section, "Beams W", "End")
    section.get_by_role("button", name="Again").focus()
    press(page, "Enter")
    assert says(section).startswith("There is only the beginning.")
    assert section.locator(".beam-texts p").count() == 0
    levels = searched(ASKED, 4, 24)["levels"]
    section.get_by_role("button", name="Step", exact=True).focus()
    for number, level in enumerate(levels[:8], 1):
        press(page, "Enter")
        assert says(section).startswith(f"Step {number}: of {1024 * len(level['grown']):,} texts 4")
        assert heard(section) == says(section)
        assert sums_in(section) == [[shown(c["sum"]) for c in each] for each in level["grown"]]
        fates = section.locator(".contest td:last-child").all_inner_texts()
        kept = {"best", "2nd", "3rd", "4th"}
        assert sorted(fate for fate in fates if fate in kept) == ["2nd", "3rd", "4th", "best"]
        assert fates.count("finished") == len(level["ended"])
        assert section.locator(".beams .number").count() == number
    assert "finished" in section.locator(".beam-texts").inner_text()
    section.get_by_role("button", name="Back").focus()
    press(page, "Enter")
    assert says(section).startswith("Step 7:")
    assert section.locator(".beams .number").count() == 7


def test_the_search_runs_to_its_limit(played, searched, town):
    """Does it stop where it shall, with the best text for each alpha on top and greedy beside it?"""
    page = played()
    section = opened(page, "beams")
    found = searched(ASKED, 4, 24)
    moved(section, "Beams W", "End")
    section.get_by_role("button", name="Run to the end").focus()
    press(page, "Enter")
    section.get_by_role("button", name="Stop").wait_for()
    section.get_by_role("button", name="Run to the end").wait_for()
    assert says(section).startswith("Step 24 is the limit: the 4 beams that are left count")
    assert section.get_by_role("button", name="Step", exact=True).is_disabled()
    section.get_by_label("Length penalty").focus()
    press(page, "Home")
    for best in found["best"]:
        wins = section.locator(".beam-texts .wins")
        text = town[1].decode(best["ids"], skip_special_tokens=True)
        assert wins.locator(".written").inner_text().startswith(text.strip())
        assert wins.locator(".score b").inner_text() == shown(best["score"])
        assert shown(best["score"]) in says(section)
        press(page, "ArrowRight", "ArrowRight")
    greedy = found["levels"][-1]["greedy"]
    assert (
        section.locator(".beam-texts .greedy .score").inner_text().startswith(shown(greedy["sum"]))
    )
    newest = (
        "e => { const [a, b] = [e, e.closest('.beam-tree')].map(x => x.getBoundingClientRect());"
    )
    newest += " return a.left >= b.left && a.right <= b.right + 1; }"
    assert ask(section.locator(".beams .number").last, newest), "one sees the newest step"
    moved(section, "Limit", "Home")
    assert says(section).startswith("Step 4 is the limit")
    press(page, *["ArrowRight"] * 5)


def test_one_beam_writes_what_greedy_writing_does(played):
    """Do both rows of the tree hold the same tokens, until something ends?"""
    page = played()
    section = opened(page, "beams")
    section.get_by_role("button", name="Again").click()
    section.get_by_label("Beginning").fill("It was a busy Friday in Tiny Town.")
    section.locator(".seen", has_text="Step 3:").wait_for()
    moved(section, "Limit", "Home", "ArrowRight")
    moved(section, "Beams W", "Home")
    section.get_by_role("button", name="Run to the end").focus()
    press(page, "Enter")
    section.locator(".seen", has_text="Step 8 is the limit: the beam that is left").wait_for()
    assert "Greedy writing has the same text." in says(section)
    in_row = (
        "(e, row) => [...e.querySelectorAll('.node')].filter(n => n.style.gridRowStart === row)"
    )
    rows = [ask(section, f"e => ({in_row})(e, '{row}').map(n => n.innerText)") for row in (2, 3)]
    assert rows[0] == rows[1][1:]
    assert len(rows[0]) == 8
    moved(section, "Limit", *["ArrowRight"] * 4)
    section.get_by_label("Beginning").fill(ASKED)
    section.locator(".seen", has_text="Step 3: of 1,024 texts 1 goes on.").wait_for()


@pytest.mark.parametrize("look", LOOKS)
def test_a_tree_that_has_grown_keeps_its_place(browser, small_site, look):
    """Is there room for all of it, in a narrow page too, and no fault that axe finds?"""
    page = tab(browser, look, small_site, reduced_motion="reduce")
    page.goto(f"{small_site}/index.html")
    section = opened(page, "beams")
    moved(section, "Beams W", "End")
    section.get_by_role("button", name="Run to the end").click()
    section.locator(".seen", has_text="is the limit").wait_for()
    assert ask(section.locator(".playground-place"), ROOM) >= 0
    assert ask(page, SIDEWAYS) <= 0
    assert axe_faults(page, ".playground[data-kind=beams]") == []
    page.context.close()
