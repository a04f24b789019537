"""The reader's own `generate` against the library's, token for token, on random prompts and settings.

Owns how settings are drawn and how they are said to the library. The model is a random GPT-2: it is
as fast as a test needs, and ends a text now and then.
"""

import random
from unittest import mock

import pytest
import torch
from running import run_cells
from transformers import GPT2Config, GPT2LMHeadModel

from solutions.sampling import sample_token
from solutions.stopping_and_beams import beam_search

V, END, SETTINGS, EACH = 29, 7, 200, 20


@pytest.fixture(scope="module")
def model():
    """Weights so large that no two tokens are nearly as likely."""
    torch.manual_seed(0)
    sizes = {"vocab_size": V, "n_positions": 40, "n_embd": 24, "n_layer": 2, "n_head": 3}
    made = GPT2LMHeadModel(GPT2Config(**sizes, bos_token_id=END, eos_token_id=END))
    with torch.no_grad():
        for parameter in made.parameters():
            parameter.mul_(4)
        yield made.eval()


@pytest.fixture(scope="module")
def generate():
    return run_cells("stopping_and_beams", "def generate(", beam_search=beam_search)["generate"]


def drawn_prompts(dice):
    """Ids and mask of one to three texts, padded at the left; a text may hold the end mark."""
    lengths = [dice.randint(1, 9) for _ in range(dice.randint(1, 3))]
    longest = max(lengths)
    rows = [[END] * (longest - n) + [dice.randrange(V) for _ in range(n)] for n in lengths]
    mask = [[0] * (longest - n) + [1] * n for n in lengths]
    return torch.tensor(rows), torch.tensor(mask)


def drawn_settings(dice, max_new, B):
    """What the page's function is given, and the same in the library's words."""
    way = dice.choice(["greedy", "beams", "sampled"])
    if way == "greedy":
        return {}, {"do_sample": False}
    if way == "beams":
        W, alpha = dice.randint(2, 5), dice.choice([-1.0, 0.0, 0.5, 1.0, 2.0])
        return {"beams": W, "alpha": alpha}, {
            "do_sample": False, "num_beams": W, "length_penalty": alpha, "early_stopping": "never",
        }  # fmt: skip
    cfg = {"temperature": dice.uniform(0.3, 2.0)}
    cfg |= dice.choice([{}, {"top_k": dice.randint(1, 40)}])
    cfg |= dice.choice([{}, {"top_p": dice.uniform(0.1, 1.0)}])
    cfg |= dice.choice([{}, {"repetition": dice.uniform(0.7, 1.5)}])
    library = {"top_k": 0} | cfg  # where nothing is said, the library takes 50
    library["repetition_penalty"] = library.pop("repetition", 1.0)
    u = torch.rand(max_new, B, generator=torch.Generator().manual_seed(dice.randrange(10**6)))
    return {"cfg": cfg, "u": u}, {"do_sample": True, **library}


@pytest.mark.parametrize("first", range(0, SETTINGS, EACH))
def test_it_is_the_librarys(model, generate, first):
    """Does it write what the library writes, greedily, with beams and by the same numbers?"""
    for number in range(first, first + EACH):
        dice = random.Random(number)
        ids, mask = drawn_prompts(dice)
        max_new = dice.randint(1, 14)
        ours, theirs = drawn_settings(dice, max_new, len(ids))
        numbers = iter(ours.get("u", ()))

        def drawn(probs, num_samples, numbers=numbers):
            return sample_token(probs.log(), {}, next(numbers))[:, None]

        with mock.patch("torch.multinomial", drawn):
            library = model.generate(
                ids, attention_mask=mask, max_new_tokens=max_new, pad_token_id=END, **theirs
            )
        mine = generate(model, ids, mask, max_new, END, **ours)
        assert torch.equal(mine, library), (number, ours, theirs)


def test_settings_of_every_kind_come_up():
    """Are there enough of each way, and do some texts end?"""
    drawn = [drawn_settings(random.Random(number), 3, 2)[1] for number in range(SETTINGS)]
    assert min(
        sum(not each["do_sample"] and "num_beams" not in each for each in drawn),
        sum("num_beams" in each for each in drawn),
        sum(each["do_sample"] for each in drawn),
    ) > SETTINGS / 4  # fmt: skip
