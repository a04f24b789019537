"""`byhand.export`: what a file for the playgrounds holds, and what is refused in words.

That a page runs what the file holds is tested in `book/test_playground_own.py`.
"""

import json

import pytest
import torch
from extension import book_module
from small_models import small_model, small_tokenizer

from byhand import checkpoint, export, exporting, load, poured


def test_a_file_holds_what_the_book_has_of_town_gpt(tmp_path):
    """Is the exported town-gpt, number by number, the one in the book's own scripts?"""
    playground = book_module("playground")
    model, tokenizer = load("town-gpt")
    file = json.loads(export(model, tokenizer, tmp_path / "town.json").read_text("utf8"))
    assert file["format"] == exporting.FORMAT
    book = {
        "weights": playground.weights_script(playground.CHECKPOINT),
        "tokenizer": playground.tokenizer_script(playground.CHECKPOINT),
    }
    for name, script in book.items():
        written = json.loads(script.partition(" = ")[2].rstrip(";\n"))
        assert file[name] == written


def test_it_gives_the_path_and_changes_nothing(tmp_path):
    """Is the path a Path, and the model as it was, in half precision too?"""
    model, tokenizer = small_model().to(torch.bfloat16), small_tokenizer()
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    path = export(model, tokenizer, str(tmp_path / "mine.json"))
    assert path == tmp_path / "mine.json"
    for name, tensor in model.state_dict().items():
        assert torch.equal(tensor, before[name])


def test_a_town_model_with_a_tokenizer_of_ones_own_fits(tmp_path):
    """Does a tokenizer that was made from merges, as the course does, pass?"""
    file = json.loads(export(small_model(), small_tokenizer(), tmp_path / "x").read_text("utf8"))
    assert len(file["tokenizer"]["tokens"]) == file["weights"]["config"]["vocabulary"] == 301
    assert file["tokenizer"]["end"] == "<|end|>"


def bare_bytes():
    from tokenizers import Tokenizer, models
    from transformers import PreTrainedTokenizerFast

    backend = Tokenizer(models.BPE(vocab={"a": 0, "<|end|>": 1}, merges=[]))
    backend.pre_tokenizer = small_tokenizer().backend_tokenizer.pre_tokenizer
    return PreTrainedTokenizerFast(tokenizer_object=backend, eos_token="<|end|>")


def untied():
    model = small_model(tie_word_embeddings=False)
    return model.eval()


def with_nan():
    model = small_model()
    with torch.no_grad():
        model.transformer.h[0].mlp.c_fc.weight[0, 0] = torch.nan
    return model


REFUSED = {
    "no GPT-2": (lambda: torch.nn.Linear(2, 2), small_tokenizer, "got a Linear as its model"),
    "its inner half": (lambda: small_model().transformer, small_tokenizer, "got a GPT2Model as"),
    "another GELU": (
        lambda: small_model(activation_function="gelu"), small_tokenizer,
        "activation_function='gelu'; the page computes with 'gelu_new' or",
    ),
    "two matrices": (untied, small_tokenizer, "tie_word_embeddings=True"),
    "short": (lambda: small_model(n_positions=4), small_tokenizer, "reads 4 tokens"),
    "nan": (with_nan, small_tokenizer, r"inf or nan in h\.0\.mlp\.c_fc\.weight"),
    "other sizes": (
        lambda: small_model(vocab_size=400), small_tokenizer, "301 tokens and a model of 400"
    ),
    "no tokenizer": (small_model, lambda: None, "got a NoneType as its tokenizer"),
    "WordPiece": (small_model, lambda: load("town-bert")[1], "is a WordPiece that cuts"),
    "two marks": (
        small_model, lambda: small_tokenizer(pad_token="<|pad|>"), "2 special tokens"
    ),
    "few bytes": (lambda: small_model(vocab_size=2), bare_bytes, "lacks 255 of the 256 bytes"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_does_not_fit_is_refused_in_words(tmp_path, case):
    """Does the error say what came and what fits, and is no file left?"""
    model, tokenizer, words = REFUSED[case]
    with pytest.raises(ValueError, match=words):
        export(model(), tokenizer(), tmp_path / "mine.json")
    assert not list(tmp_path.iterdir())


def test_too_large_a_model_is_refused_at_once(tmp_path, monkeypatch):
    """Is the limit said in numbers?"""
    monkeypatch.setattr(exporting, "MOST_PARAMETERS", 1000)
    with pytest.raises(ValueError, match=r"of [\d,]+ parameters; a page runs at most 1,000"):
        export(small_model(), small_tokenizer(), tmp_path / "mine.json")


@pytest.mark.parametrize("place", ["", "nowhere/mine.json"])
def test_a_path_is_that_of_a_file(tmp_path, place):
    """Is a folder, or a file in a folder that is not there, refused?"""
    with pytest.raises(ValueError, match="takes the path of a file"):
        export(small_model(), small_tokenizer(), tmp_path / place)


def test_the_tokenizer_of_the_course_is_one_that_fits():
    """Does town-gpt's tokenizer.json pass as it lies in the course?"""
    from pathlib import Path

    learned = json.loads(Path(checkpoint("town-gpt"), "tokenizer.json").read_text("utf8"))
    assert exporting.fits(learned)
    learned["model"]["ignore_merges"] = True
    assert not exporting.fits(learned)


def test_own_numbers_are_poured_into_what_is_exported(tmp_path):
    """Do weights by name, a vocabulary and merges give the model and the cuts that they came from?"""
    model, tokenizer = small_model(n_inner=96), small_tokenizer()
    learned = json.loads(tokenizer.backend_tokenizer.to_str())
    end = tokenizer.eos_token
    vocab = {end: 0} | {name: i + 1 for name, i in learned["model"]["vocab"].items() if name != end}
    weights = {name: each for name, each in model.state_dict().items() if name != "lm_head.weight"}
    mine, cutter = poured(weights, 3, vocab, [tuple(pair) for pair in learned["model"]["merges"]])
    ids = torch.tensor([[3, 1, 4, 1, 5]])
    with torch.no_grad():
        torch.testing.assert_close(mine(ids).logits, model(ids).logits)
    text = "Café 12 \U0001f642"
    assert [i - 1 for i in cutter(text)["input_ids"]] == tokenizer(text)["input_ids"]
    assert cutter.decode(cutter(text)["input_ids"]) == text
    assert export(mine, cutter, tmp_path / "mine.json").exists()
