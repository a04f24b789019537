"""A GPT-2 with random weights and a tokenizer of its own, as a learner might bring them."""

import torch


def small_model(seed: int = 0, **settings):
    """Two layers, an odd vocabulary and an odd inner width, for nothing may lean on round sizes."""
    from transformers import GPT2Config, GPT2LMHeadModel

    given = {"vocab_size": 301, "n_positions": 48, "n_embd": 24, "n_layer": 2, "n_head": 3,
             "n_inner": 50, "activation_function": "gelu_new", "initializer_range": 0.3}  # fmt: skip
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return GPT2LMHeadModel(GPT2Config(**given | settings)).eval()


def small_tokenizer(**marks):
    """Byte-level, 44 merges, the end mark after all others."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    backend = Tokenizer(models.BPE())
    backend.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Digits(individual_digits=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False),
        ]
    )
    backend.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=300, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False
    )
    text = "Flora went to the pond because her trumpet was there, and Tom went there with her."
    backend.train_from_iterator([text] * 2 + ["they gathered whatever weather there was"], trainer)
    return PreTrainedTokenizerFast(tokenizer_object=backend, eos_token="<|end|>", **marks)
