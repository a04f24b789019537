"""References for chapters/1_nlp/06_pipelines.md."""

import torch
from jaxtyping import Float
from torch import Tensor


def classify_text(texts: list[str], tokenizer, model) -> list[dict]:
    """For every text its likeliest label and that label's share: `{"label": ..., "score": ...}`.

    Three steps, for all texts at once or one after the other. `tokenizer(texts, ...)`, which
    takes a single string as well, makes a mapping of tensors: pad short texts to the length of
    the others, truncate what is longer than the model can read, and ask for
    `return_tensors="pt"`. `model(...)` is given all of that mapping, whatever is in it, as
    keyword arguments and returns an object with `logits` (one row for each text, one number for
    each label). The softmax of a row gives the shares of its labels; `model.config.id2label`
    maps a label's number to its name. A score is a Python float.

    The model may come in any mode: switch it to eval mode first. It need not be switched back.

    Source: `TextClassificationPipeline` of Hugging Face transformers.
    """
    model.eval()
    encoded = tokenizer(texts, padding=True, truncation=True, return_tensors="pt")
    with torch.no_grad():
        logits = model(**encoded).logits  # N L
    names = model.config.id2label
    return [
        {"label": names[row.argmax().item()], "score": row.max().item()}
        for row in logits.softmax(dim=1)
    ]


def zero_shot_scores(
    nli_logits: Float[Tensor, "N 3"], entail: int, contra: int, multi_label: bool
) -> Float[Tensor, "N"]:
    """Scores of N labels, from what an entailment model says of one hypothesis for each label.

    A row of `nli_logits` belongs to a hypothesis such as "This text is about music."; its three
    columns, in an order that differs between models, are entailment (number `entail`),
    contradiction (number `contra`) and neutral.

    Without `multi_label` the labels compete: a softmax of their entailment logits, which sums
    to 1. With it each label is judged by itself: the share of entailment in a softmax of its
    entailment and contradiction logits. Where there is one label alone (N = 1) it is judged by
    itself in any case.

    Source: Yin et al. 2019; `ZeroShotClassificationPipeline` of Hugging Face transformers.
    """
    if multi_label or len(nli_logits) == 1:
        return nli_logits[:, [contra, entail]].softmax(dim=1)[:, 1]
    return nli_logits[:, entail].softmax(dim=0)
