"""Fewer bits in the page: the rounding against torch, and the explorer by keyboard."""

import pytest
import torch
from browser import ask, until
from playing import as_in_a_page, opened, press

from byhand import load

NAME = "h.1.mlp.c_fc.weight"
TEXT = "Sam had an invitation at the workshop. Sam gave the invitation to Kate."
DONE = "stories"
CASES = [
    (8, "tensor", 0), (6, "channel", 0), (4, "tensor", 16), (4, "channel", 16), (3, 64, 0),
    (2, 32, 4), (2, "channel", 0),
]  # fmt: skip


@pytest.fixture(scope="module")
def weights(rounded):
    """All matrices of the page's model with a row for each output."""
    state = rounded.transformer.state_dict()
    return {name: tensor.T.contiguous() if name.startswith("h.") else tensor
            for name, tensor in state.items() if tensor.ndim == 2}  # fmt: skip


def on_a_grid(matrix, bits, group):
    """(rounded, scales): symmetric, one scale of 16 bits for each group."""
    most = 2 ** (bits - 1) - 1
    shape = {"tensor": (1, -1), "channel": matrix.shape}.get(group, (-1, group))
    groups = matrix.reshape(shape)
    scales = (groups.abs().amax(1, keepdim=True) / most).half().float()
    scales[scales == 0] = 1
    steps = torch.round(groups / scales).clamp(-most, most)
    return (steps * scales).reshape(matrix.shape), len(groups)


@pytest.mark.parametrize(("bits", "group", "size"), CASES)
def test_the_page_rounds_as_torch_does(engine, town, weights, bits, group, size):
    """Are the weights the same to the last bit, and error, bytes, loss and story too?"""
    model, (_, tokenizer) = as_in_a_page(load("town-gpt")[0]), town
    ids = [0, *tokenizer(TEXT).input_ids]
    given = {"bits": bits, "group": group, "name": NAME, "size": size, "all": True}
    found = engine("rounded", **given, ids=ids, prompt=ids[:9], most=12)

    matrix = weights[NAME].clone()
    others = torch.ones_like(matrix, dtype=torch.bool)
    if size:
        row, column = matrix.shape[0] // 2, matrix.shape[1] // 2
        assert found["planted"] == row * matrix.shape[1] + column
        matrix[row, column] = size * matrix.abs().max()
        others[row, column] = False
    state, wanted_bytes = model.state_dict(), 0
    for name, whole in weights.items():
        grid, scales = on_a_grid(matrix if name == NAME else whole, bits, group)
        wanted_bytes += (grid.numel() * bits + 7) // 8 + 2 * scales
        state[f"transformer.{name}"] = grid.T if name.startswith("h.") else grid
        if name == NAME:
            assert torch.equal(torch.tensor(found["rounded"]).reshape(grid.shape), grid)
            assert found["scales"] == scales
            error = ((grid - matrix)[others].norm() / matrix[others].norm()).item()
            assert found["error"] == pytest.approx(error, rel=1e-4)
    assert found["bytes"] == wanted_bytes
    model.load_state_dict(state)
    model.tie_weights()
    row = torch.tensor([ids])
    with torch.no_grad():
        logits = model(row).logits[0]
        written = model.generate(row[:, :9], attention_mask=torch.ones_like(row[:, :9]), do_sample=False,
                                 max_new_tokens=12, pad_token_id=0, eos_token_id=0)  # fmt: skip
    loss = torch.nn.functional.cross_entropy(logits[:-1], row[0, 1:]).item()
    assert found["loss"] == pytest.approx(loss, abs=2e-3)
    assert found["written"] == written[0, 9:].tolist()


# ---- in a browser


def settled(section) -> str:
    """What is said once both stories are there."""
    section.locator(".playground-says .seen", has_text=DONE).wait_for()
    return section.locator(".playground-says .seen").inner_text()


def cost(section, name: str) -> str:
    return section.locator(f".costs .{name} td").first.inner_text()


def numbers(section):
    """(error in percent, bytes, loss after, loss before)"""
    error, size, loss = (cost(section, name) for name in ("error", "memory", "loss"))
    after, before = loss.replace(" before)", "").split(" nats (")
    return (
        float(error.strip("<\u00a0%")),
        int(size.split()[0].replace(",", "")),
        float(after),
        float(before),
    )


def test_bits_are_taken_away_by_keyboard(played):
    """Do error and loss grow and bytes shrink, and is it said once the stories are written?"""
    page = played()
    section = opened(page, "explorer")
    section.get_by_label("Bits").focus()
    press(page, "End")
    assert "Rounded to 8 bits: " in settled(section)
    seen = [numbers(section)]
    fewer = section.get_by_role("button", name="Take bits away")
    for bits in (6, 4, 3, 2):
        fewer.focus()
        press(page, "Enter")
        assert settled(section).startswith(f"Rounded to {bits} bits: ")
        seen.append(numbers(section))
    errors, sizes, after, before = zip(*seen, strict=True)
    assert list(errors) == sorted(errors)
    assert list(sizes) == sorted(sizes, reverse=True)
    assert after[-1] > after[0] + 1
    assert after[0] == pytest.approx(before[0], abs=0.02), (
        "8 bits by channel change next to nothing"
    )
    assert len(set(before)) == 1
    assert fewer.is_disabled()
    label = section.locator(".levels").get_attribute("aria-label")
    assert "3 of 3 levels are used" in label
    heard = section.locator(".playground-says [aria-live=polite]").inner_text()
    assert heard == settled(section)
    section.get_by_role("button", name="Back to 8 bits").focus()
    press(page, "Enter")
    settled(section)
    assert numbers(section) == seen[0]


def test_small_groups_keep_an_outlier_to_themselves(played):
    """Does one weight spoil the whole matrix, and with small groups only its neighbours?"""
    page = played()
    section = opened(page, "explorer")
    section.get_by_label("Rounded").select_option("one")
    section.get_by_label("Outlier").focus()
    press(page, "End")
    errors = {}
    for group in ("tensor", "channel", "64", "32"):
        section.get_by_label("A scale for each").select_option(group)
        settled(section)
        errors[group] = numbers(section)[0]
    assert errors["tensor"] > 3 * errors["channel"] >= 3 * errors["64"] >= 3 * errors["32"]
    assert section.locator(".levels .outlier").is_visible()
    press(page, "Home")
    section.get_by_label("Outlier").focus()
    press(page, "Home")
    section.get_by_label("Rounded").select_option("all")
    settled(section)


def test_a_matrix_is_chosen_and_a_story_drawn(played):
    """Do picture and stories follow the choice, and does a seed give the same story again?"""
    page = played()
    section = opened(page, "explorer")
    matrix, stories = section.locator("select").first, section.get_by_label("Stories")
    assert matrix.locator("option").count() == 18
    before = section.locator(".levels path.before").get_attribute("d")
    matrix.select_option(label="Layer 4: attention, out")
    assert "“Layer 4: attention, out”" in settled(section)
    assert section.locator(".levels path.before").get_attribute("d") != before
    story = section.get_by_role("group", name="Story before rounding")
    greedy = story.inner_text()
    stories.select_option("1")
    settled(section)
    drawn = story.inner_text()
    assert drawn != greedy
    stories.select_option("2")
    settled(section)
    stories.select_option("1")
    settled(section)
    assert story.inner_text() == drawn
    stories.select_option("0")
    settled(section)


def test_an_empty_text_has_no_loss(played):
    """Is there a dash and no NaN, and a story all the same?"""
    page = played()
    section = opened(page, "explorer")
    box = section.get_by_label("Text")
    text = box.input_value()
    box.fill("")
    until(page, "document.querySelector('.costs .loss td').innerText.startsWith('–')")
    settled(section)
    assert "NaN" not in section.inner_text()
    box.fill(text)
    until(page, "/^[0-9]/.test(document.querySelector('.costs .loss td').innerText)")
    settled(section)
    assert ask(page, "window.shift") < 0.05
