"""town-t5: what it reads, and whether it is the model that its chapters build."""

import re
from functools import cache
from itertools import pairwise
from random import Random

import pytest
import torch

import byhand
from byhand.train.recipes import RECIPES
from byhand.train.translator import LEFT_OUT, SPAN, corrupted, left_out
from byhand.train.vocabulary import SENTINELS, SUMMARIZE, TRANSLATE


@cache
def loaded():
    return byhand.load("town-t5")


def written(source):
    model, tokenizer = loaded()
    ids = model.generate(**tokenizer(source, return_tensors="pt"))
    return tokenizer.decode(ids[0], skip_special_tokens=True)


# ---- what it reads


@pytest.mark.parametrize("length", [4, 20, 100, 255])
def test_spans_are_as_many_and_as_long_as_in_t5(length):
    """Are 15 % of the tokens left out, three at a time, and never two spans side by side?"""
    for seed in range(50):
        spans = left_out(length, Random(seed))
        assert sum(end - start for start, end in spans) == max(1, round(LEFT_OUT * length))
        assert len(spans) == max(1, round(round(LEFT_OUT * length) / SPAN)) < SENTINELS
        assert spans[0][0] >= 0
        assert spans[-1][1] <= length
        assert all(end < start for (_, end), (start, _) in pairwise(spans))


def test_source_and_target_make_the_text_again():
    """Is nothing lost between what is read and what is to be written?"""
    _, tokenizer = loaded()
    sentinels = range(len(tokenizer) - SENTINELS, len(tokenizer))
    ids = tokenizer("Everybody spoke of the ice, and Leo drew the seal. " * 8).input_ids[:-1]
    source, target = corrupted(ids, tokenizer, Random(0))
    assert source[-1] == target[-1] == tokenizer.eos_token_id
    marks = [token for token in target if token in sentinels]
    assert marks == list(sentinels)[::-1][: len(marks)]
    whole = []
    for token in source[:-1]:
        if token in sentinels:
            at = target.index(token)
            whole += target[at + 1 : target.index(token - 1)]
        else:
            whole.append(token)
    assert whole == ids


def test_a_word_is_one_token_in_both_languages():
    """Does a word have one vector, wherever it stands, with the marks beside it left out?"""
    _, tokenizer = loaded()
    for text, pieces in {
        "The red balls are lost.": "▁The ▁red ▁balls ▁are ▁lost .",
        "Les balles rouges sont perdues.": "▁Les ▁balles ▁rouges ▁sont ▁perdues .",
        "<extra_id_0> hat <extra_id_1>": "<extra_id_0> ▁hat <extra_id_1>",
        TRANSLATE.strip(): "▁translate ▁English ▁to ▁French :",
    }.items():
        ids = tokenizer(text).input_ids
        assert tokenizer.convert_ids_to_tokens(ids[:-1]) == pieces.split()
        assert ids[-1] == tokenizer.eos_token_id == 1
        assert tokenizer.decode(ids[:-1]).replace(" <", "<") == text.replace(" <", "<")
    assert tokenizer.pad_token_id == 0
    assert tokenizer.convert_tokens_to_ids("<extra_id_0>") == len(tokenizer) - 1


# ---- what it is


def test_every_task_comes_in_turn():
    """Does a place lead to the batch that would have come next, whichever task it is of?"""
    _, tokenizer = loaded()
    source, place = RECIPES["town-t5"].batches(tokenizer, ()), ()
    for _ in range(4):
        before = place
        batch, place = next(source)
    again, after = next(RECIPES["town-t5"].batches(tokenizer, before))
    assert after == place
    assert all(torch.equal(batch[name], again[name]) for name in batch)


def test_embeddings_are_tied_and_scaled_as_in_the_first_t5():
    """Are the logits those of the embeddings, with what the decoder says made smaller?"""
    model, tokenizer = loaded()
    batch = tokenizer(f"{TRANSLATE}The red balls are lost.", return_tensors="pt")
    labels = tokenizer("Les balles", return_tensors="pt").input_ids
    with torch.no_grad():
        said = model(**batch, labels=labels, output_hidden_states=True)
    last = said.decoder_hidden_states[-1] * model.config.d_model**-0.5
    assert torch.allclose(said.logits, last @ model.get_input_embeddings().weight.T, atol=1e-4)


def test_it_writes_without_being_told_how():
    """Does `generate` start, go on and end by the settings that the checkpoint brings?"""
    assert written(f"{TRANSLATE}The red balls are lost.") == "Les balles rouges sont perdues."
    assert written(f"{TRANSLATE}Leo saw the bank because of the reeds.").startswith(
        "Leo a vu la rive "
    )
    story = (
        "It was a windy Friday in Tiny Town. Rose sat at the mill and was too hungry to think. "
        "Bruno had a pie at the harbour. Bruno carried the pie to the mill. Bruno gave the pie to "
        "Rose. Rose ate the pie in two bites and thanked everybody by name."
    )
    assert re.fullmatch(
        r"\w+ was hungry, and the pie of \w+ reached .+", written(SUMMARIZE + story)
    )
