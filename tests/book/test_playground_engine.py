"""The playgrounds' engine: JavaScript against torch, transformers, tokenizers and byhand.

The pages that it runs in are visited in `test_playground_pages`.
"""

import json
from itertools import islice

import pytest
import torch
from extension import book_module

from byhand import checkpoint
from byhand.town import documents

playground = book_module("playground")

ODD = [
    "", " ", "   ", "\n", " \n\n  ", "a  b   c ", "Flora's trumpet isn't Tom's, they'll say 'no'.",
    "2026 110 7 3.14 ½ ² Ⅻ ١٢٣ x2y", "été naïve Ünïcödé Straße", "日本語、です。", "🙂 👩‍🔬 e\u0301",
    "tab\tand\u00a0space\u3000wide\u2028line\u0085next\ufeffmark\u200bnone", "!!! ... ??? -- #$%&",
    "<|endoftext|>Tom<|endoftext|> <|endoftext", "def f(x):\n    return x + 1\n", "WE'LL we'LL 'S's",
    "\u0000\u0001\u001f\u007f", "ﬁ ǅ ʰ ا ب", "a" * 300,
]  # fmt: skip


@pytest.fixture(scope="session")
def texts():
    return [document.text for document in islice(documents(77), 200)]


# ---- text


def test_ids_are_those_of_the_library(engine, town, texts):
    """Does the page cut 200 documents and every odd string as the tokenizer does, and back?"""
    _, tokenizer = town
    for text, found in zip(texts + ODD, engine("text", texts=texts + ODD), strict=True):
        assert found["ids"] == tokenizer(text).input_ids, repr(text)
        assert found["back"] == text


def test_merges_are_played_in_the_order_of_the_library(engine, town):
    """Is the picture after each rank what a tokenizer says that has learned no more than that?"""
    from tokenizers import Tokenizer

    _, tokenizer = town
    text = "Flora went to the pond because her trumpet was there. Café 🙂"
    (found,) = engine("text", texts=[text])
    learned = json.loads(tokenizer.backend_tokenizer.to_str())
    merges = learned["model"]["merges"]
    ranks = sorted({merge["rank"] for word in found["words"] for merge in word["merges"]})
    assert len(ranks) > 15
    for rank in [-1, *ranks]:
        learned["model"]["merges"] = merges[: rank + 1]
        younger = Tokenizer.from_str(json.dumps(learned))
        shown = []
        for word in found["words"]:
            pieces = list(word["pieces"])
            for merge in word["merges"]:
                if merge["rank"] <= rank:
                    pieces[merge["at"] : merge["at"] + 2] = [merge["id"]]
            shown += pieces
        assert shown == younger.encode(text).ids


# ---- the model


@pytest.fixture(scope="session")
def read_in_the_page(engine, town, texts):
    """Ids that a model has read, and what the page made of them."""
    _, tokenizer = town
    sequences = [[0, *tokenizer(text).input_ids][:120] for text in texts[:6]]
    sequences += [sequences[-1][:50] + sequences[0][:10], [0], list(range(700, 956))]
    return sequences, engine("logits", sequences=sequences)


def test_logits_are_those_of_the_rounded_model(rounded, read_in_the_page):
    """Does the arithmetic agree with torch, on the very weights that the page has?"""
    assert largest_difference(rounded, read_in_the_page) < 1e-3


def test_rounding_changes_little(town, read_in_the_page):
    """Is the model in the page still the model of the course?"""
    model, _ = town
    assert largest_difference(model, read_in_the_page) < 2
    lost = []  # nats a token, on documents
    for ids, found in list(zip(*read_in_the_page, strict=True))[:6]:
        with torch.no_grad():
            wanted = model(torch.tensor([ids])).logits[0].log_softmax(-1)
        shown = torch.tensor(found["logits"]).log_softmax(-1)
        lost.append((wanted.exp() * (wanted - shown)).sum(-1).mean().item())
    assert max(lost) < 0.01, lost


def largest_difference(model, read) -> float:
    worst = 0.0
    for ids, found in zip(*read, strict=True):
        with torch.no_grad():
            wanted = model(torch.tensor([ids])).logits[0]
        worst = max(worst, (wanted - torch.tensor(found["logits"])).abs().max().item())
    return worst


def test_attention_is_what_the_library_reports(read_in_the_page):
    """Are the weights that the explorer shows those of the model, head by head?"""
    from transformers import GPT2LMHeadModel

    model = GPT2LMHeadModel.from_pretrained(
        checkpoint("town-gpt"), attn_implementation="eager", dtype=torch.float32
    )
    ids, found = read_in_the_page[0][0], read_in_the_page[1][0]
    with torch.no_grad():
        layers = model(torch.tensor([ids]), output_attentions=True).attentions
    wanted = torch.cat([layer[0] for layer in layers])  # L*H T T
    for position, heads in enumerate(found["attention"]):
        assert len(heads) == len(wanted)
        shown = torch.tensor(heads, dtype=torch.float32)
        assert torch.allclose(shown.sum(-1), torch.ones(len(heads)), atol=1e-5)
        assert (shown - wanted[:, position, : position + 1]).abs().max() < 0.15


def test_too_long_a_text_is_refused_in_words(engine):
    """Does the error say how much the model reads?"""
    assert engine("refuse", ids=[]) == "0 tokens: the model reads 1 to 256."
    assert engine("refuse", ids=[1] * 257).startswith("257 tokens")


# ---- the next token

SETTINGS = [
    {},
    {"temperature": 0.5},
    {"temperature": 1.7, "topK": 5},
    {"topP": 0.6},
    {"topP": 0.05},
    {"temperature": 1.3, "topK": 12, "topP": 0.8, "repetition": 1.4},
    {"repetition": 2.0, "topK": 1},
]


@pytest.mark.parametrize("settings", SETTINGS, ids=str)
def test_probabilities_are_those_of_generate(engine, settings):
    """Would transformers draw from the same distribution?"""
    from transformers.generation import (
        RepetitionPenaltyLogitsProcessor,
        TemperatureLogitsWarper,
        TopKLogitsWarper,
        TopPLogitsWarper,
    )

    draws = torch.Generator().manual_seed(3)
    logits = 3 * torch.randn(1, 40, generator=draws)
    history = torch.tensor([[7, 7, 9, 30, 2]])
    (found,) = engine(
        "choose",
        cases=[
            {"logits": logits[0].tolist(), "history": history[0].tolist(), "settings": settings}
        ],
    )
    scores = RepetitionPenaltyLogitsProcessor(settings.get("repetition", 1.0))(history, logits)
    scores = TemperatureLogitsWarper(settings.get("temperature", 1.0))(history, scores)
    if "topK" in settings:
        scores = TopKLogitsWarper(settings["topK"])(history, scores)
    if "topP" in settings:
        scores = TopPLogitsWarper(settings["topP"])(history, scores)
    wanted = scores.softmax(-1)[0]
    shown = torch.zeros(40)
    for one in found:
        shown[one["id"]] = one["probability"]
        assert bool(one["cut"]) == (one["probability"] == 0)
    assert torch.allclose(shown, wanted, atol=1e-6)
    befores = [one["before"] for one in found]
    assert befores == sorted(befores, reverse=True)


def test_penalties_count_what_was_said(engine):
    """Does presence cost once, and frequency once for each time?"""
    logits = [1.0, 2.0, 3.0, 0.5]
    case = {"logits": logits, "history": [1, 1, 2], "settings": {"presence": 0.5, "frequency": 0.3}}
    (found,) = engine("choose", cases=[case])
    wanted = torch.tensor([1.0, 2 - 0.5 - 0.6, 3 - 0.5 - 0.3, 0.5]).softmax(0)
    shown = {one["id"]: one["probability"] for one in found}
    assert [shown[id] for id in range(4)] == pytest.approx(wanted.tolist())


def test_temperature_zero_takes_the_first(engine):
    """Is greedy the limit of a falling temperature?"""
    case = {"logits": [1.0, 2.0, 0.0], "history": [], "settings": {"temperature": 0}}
    (found,) = engine("choose", cases=[case])
    assert [(one["id"], one["probability"], one["cut"]) for one in found] == [
        (1, 1, ""), (0, 0, "temperature"), (2, 0, "temperature")
    ]  # fmt: skip


def test_a_seed_is_a_promise(engine):
    """Same seed, same numbers; spread evenly over what is drawn from them?"""
    numbers = engine("random", seed=1, count=4000)
    assert numbers == engine("random", seed=1, count=4000)
    assert numbers[:5] != engine("random", seed=2, count=5)
    assert all(0 <= number < 1 for number in numbers)
    drawn = torch.tensor(engine("draw", shares=[0.5, 0.0, 0.3, 0.2], numbers=numbers))
    shares = torch.bincount(drawn, minlength=4) / len(numbers)
    assert torch.allclose(shares, torch.tensor([0.5, 0.0, 0.3, 0.2]), atol=0.03)
