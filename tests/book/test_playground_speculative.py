"""Speculative decoding in the page: its rule against the solution's, and the steps by keyboard."""

import pytest
import torch
from browser import LOOKS, ask, axe_faults, tab, until
from pages import SIDEWAYS
from playing import as_in_a_page, heard, opened, press, says

from byhand import load
from solutions.speculative_decoding import speculative_step

KIND = "speculative"
NUMBERS = "e => [...e.querySelectorAll('.playground-counts b')].map(b => b.textContent)"


def test_the_rule_is_that_of_the_solution(engine):
    """Do page and book write the same tokens, for 300 drafts and random numbers?"""
    g = torch.Generator().manual_seed(0)
    cases = []
    for number in range(300):
        G, V = number % 6, 3 + number % 5
        q, p = ((2 * torch.randn(rows, V, generator=g).double()).softmax(-1) for rows in (G, G + 1))
        draft = q.multinomial(1, generator=g)[:, 0] if G else torch.zeros(0, dtype=torch.long)
        *u, v = torch.rand(G + 1, generator=g).double().tolist()
        cases.append((draft, q, p, u, v))
    told = [{"draft": draft.tolist(), "q": q.tolist(), "p": p.tolist(), "u": u, "v": v}
            for draft, q, p, u, v in cases]  # fmt: skip
    for (draft, q, p, u, v), found in zip(cases, engine("judge", cases=told), strict=True):
        wanted = speculative_step(draft, q, p, torch.tensor(u).double(), v)
        assert found == wanted.tolist()


def test_the_small_model_drafts_in_the_page(engine):
    """Does it draft with the probabilities of torch, on the very weights that the page has?"""
    drafter, tokenizer = load("town-gpt-drafter")
    ids = [0, *tokenizer("Over at the mill, Rose had a kite. Rose gave the kite to").input_ids]
    found = engine("drafted", ids=ids, count=5, temperature=1, seed=1)
    assert len(found["draft"]) == len(found["q"]) == 5
    with torch.no_grad():
        row = torch.tensor([ids + found["draft"]])
        logits = as_in_a_page(drafter)(row).logits[0, len(ids) - 1 : -1]
    assert (logits.softmax(-1) - torch.tensor(found["q"])).abs().max() < 1e-3


def test_at_temperature_0_the_text_is_the_masters_own(played):
    """Is greedy writing the same, whatever the fool drafts?"""
    page = played()
    section = opened(page, KIND)
    section.get_by_label("Temperature").focus()
    press(page, "Home")
    texts = set()
    for key in ("Home", "End"):
        section.get_by_label("Tokens of a draft").focus()
        press(page, key)
        step = section.get_by_role("button", name="Step")
        step.focus()
        while int(ask(section, NUMBERS)[0]) < 12:
            press(page, "Enter")
        texts.add(section.locator(".story").inner_text()[:80])
    assert len(texts) == 1
    again(section)


def again(section):
    """Everything as the page found it."""
    for label, key in (("Tokens of a draft", "ArrowLeft"), ("Temperature", "ArrowRight")):
        section.get_by_label(label).focus()
        press(section.page, "Home")
        press(section.page, *["ArrowRight"] * (3 if key == "ArrowLeft" else 10))
    section.get_by_role("button", name="Again").click()


def test_a_step_has_three_parts(played):
    """Can one see by keyboard what is drafted, judged and drawn, and hear it?"""
    page = played()
    section = opened(page, KIND)
    again(section)
    tables = section.locator("table.drafting")
    step = section.get_by_role("button", name="Step")
    assert says(section) == "The fool drafts next."
    step.focus()
    press(page, "Enter")
    assert says(section).startswith("The fool drafts “")
    drafted = [name for name in tables.first.locator("tbody th").all_inner_texts() if name != "–"]
    assert len(drafted) == 4
    assert ask(section, NUMBERS)[1] == "0", "the master has not been called"
    press(page, "Enter")
    assert ask(section, NUMBERS)[1] == "1"
    verdicts = tables.first.locator("tbody td:last-child").all_inner_texts()[:4]
    kept = verdicts.index("refused") if "refused" in verdicts else 4
    assert verdicts == (["kept"] * kept + ["refused"] + ["–"] * 3)[:4]
    coins = tables.first.locator("tbody tr").nth(max(kept - 1, 0)).locator("td").all_inner_texts()
    assert coins[3], "a token that was judged has a coin"
    assert ("is refused" in says(section)) == (kept < 4)
    press(page, "Enter")
    assert f"is drawn. Tokens of this call: {kept + 1} of at most 5." in says(section)
    assert heard(section) == says(section)
    assert ask(section, NUMBERS)[0] == str(kept + 1)
    assert section.locator(".story .own").count() == 1
    assert tables.last.locator("tbody tr.chosen").count() == 1
    assert ask(step, "e => e === document.activeElement")
    press(page, *["Enter"] * 2)
    section.get_by_role("button", name="Again").click()
    assert ask(section, NUMBERS) == ["0", "0", "–", "–"]


def test_it_runs_and_stops_and_a_seed_repeats_it(played):
    """Does it write by itself until it is stopped, and the same for the same seed?"""
    page = played()
    section = opened(page, KIND)
    again(section)
    section.get_by_role("button", name="Run").focus()
    press(page, "Enter")
    until(
        page,
        "+document.querySelector('[data-kind=speculative] .playground-counts b').textContent > 8",
    )
    press(page, "Enter")
    assert section.get_by_role("button", name="Run").is_visible()
    first = section.locator(".story").inner_text()
    section.get_by_role("button", name="Again").click()
    section.get_by_role("button", name="Step").focus()
    while len(section.locator(".story").inner_text()) < len(first):
        press(page, "Enter")
    assert section.locator(".story").inner_text().startswith(first)
    again(section)


@pytest.mark.parametrize("look", LOOKS)
def test_a_step_keeps_its_place(browser, small_site, look):
    """Is there room for all of it, in a narrow page too, and no fault that axe finds?"""
    page = tab(browser, look, small_site, reduced_motion="reduce")
    page.goto(f"{small_site}/index.html")
    section = opened(page, KIND)
    section.get_by_label("Tokens of a draft").focus()
    press(page, "End")
    place = section.locator(".playground-place")
    before = ask(place, "e => e.offsetHeight")
    section.get_by_role("button", name="Step").focus()
    for _ in range(3):
        press(page, "Enter")
        assert ask(place, "e => e.offsetHeight") == before
        assert ask(place, "e => parseFloat(getComputedStyle(e).minHeight) - e.scrollHeight") >= 0
    assert ask(page, SIDEWAYS) <= 0
    assert axe_faults(page, f"[data-kind={KIND}]") == []
    page.context.close()
