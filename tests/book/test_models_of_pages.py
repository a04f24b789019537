"""Models that pages make of the learner's functions, against the library's, on random ones.

A page runs its model on a checkpoint of the town, where several sizes are alike. Here the very cells
run on models with random weights and with every size different.
"""

import pytest
import torch
from running import run_cells
from transformers import (
    BertConfig,
    BertForMaskedLM,
    GPT2Config,
    GPT2LMHeadModel,
    T5Config,
    T5ForConditionalGeneration,
)

SEEDS = (0, 1, 2)


def padded(*shape: int) -> torch.Tensor:
    """A mask, True at tokens, whose second row ends early."""
    there = torch.ones(*shape, dtype=torch.bool)
    there[1, -2:] = False
    return there


def agree(ours, theirs):
    torch.testing.assert_close(ours, theirs, rtol=1e-4, atol=1e-5)


@pytest.fixture(params=SEEDS, autouse=True)
def drawn(request):
    torch.manual_seed(request.param)
    with torch.no_grad():
        yield


def spread(model):
    """The model with weights far from where they begin: norms that are not 1, biases that are not 0."""
    for parameter in model.parameters():
        parameter.add_(torch.randn_like(parameter) / 5)
    return model.eval()


def test_a_gpt2():
    """Is `my_gpt` of the page a GPT-2 of any sizes?"""
    sizes = {"vocab_size": 40, "n_positions": 12, "n_embd": 21, "n_layer": 2, "n_head": 3}
    model = spread(GPT2LMHeadModel(GPT2Config(**sizes, n_inner=34)))
    ids = torch.randint(40, (2, 9))
    names = run_cells("decoders", "import gpt2_block", "import lm_logits", "def my_gpt(",
                      writer=model, told=ids)  # fmt: skip
    agree(names["my_gpt"](ids), model(ids).logits)


def test_a_bert():
    """Is `my_bert` of the page a BERT of any sizes, with padding and two types?"""
    model = spread(BertForMaskedLM(BertConfig(
        vocab_size=40, hidden_size=20, num_hidden_layers=3, num_attention_heads=4,
        intermediate_size=34, max_position_embeddings=12,
    )))  # fmt: skip
    ids, types, real = torch.randint(40, (2, 9)), torch.randint(2, (2, 9)), padded(2, 9)
    names = run_cells(
        "encoders", "import bert_embed", "def bert_layer(", "def my_bert(", reader=model
    )
    vectors, scores = names["my_bert"](ids, real, types)
    library = model(ids, real, types, output_hidden_states=True)
    agree(vectors[real], library.hidden_states[-1][real])
    agree(scores[real], library.logits[real])


def test_a_t5():
    """Are the page's two stacks a T5 of any sizes, with a padded source?"""
    config = T5Config(vocab_size=40, d_model=20, d_kv=7, d_ff=34, num_layers=3, num_heads=4,
                      relative_attention_num_buckets=6, relative_attention_max_distance=9,
                      decoder_start_token_id=0)  # fmt: skip
    model = spread(T5ForConditionalGeneration(config))
    seen, reads = padded(2, 9), torch.randint(40, (2, 5))
    source = {"input_ids": torch.randint(40, (2, 9)), "attention_mask": seen.long()}
    scores = model(**source, decoder_input_ids=reads).logits
    names = run_cells("encoder_decoders", "def stack(", "def my_t5(", t5=model, source=source,
                reads=reads, scores=scores)  # fmt: skip
    agree(names["ours"], scores)
