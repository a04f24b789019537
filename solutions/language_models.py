"""Language models as tables of probabilities, and what it costs to be surprised by a text.

Owns the unit of the whole course: losses are in nats, sums over tokens before they are means.
Ignores how a model comes to its logits, and how a text is cut into tokens.
"""

import math
from itertools import pairwise

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn import functional as F


def bigram_probs(tokens: list[list[int]], V: int, k: float) -> Float[Tensor, "V V"]:
    """How likely each word is after each other word, counted: row = before, column = after.

    `tokens` holds one list of word numbers (0 to V-1) per document. A pair is two neighbours
    within one document; pairs do not reach from one document into the next, and a document of one
    word, or of none, has no pair.

    To the count of *every* pair, seen or not, `k` is added (add-k or Lidstone smoothing, and
    Laplace's for k = 1), and then each row is divided by its sum: with k > 0 every row sums to 1.
    With k = 0 a row in which nothing was counted stays all zeros.

    Source: Jurafsky and Martin, Speech and Language Processing, chapter 3.
    """
    counts = torch.zeros(V, V)
    for document in tokens:
        for before, after in pairwise(document):
            counts[before, after] += 1
    totals = counts.sum(dim=1, keepdim=True) + k * V
    return (counts + k) / totals.where(totals > 0, 1.0)  # 0 / 1 where nothing was counted


def softmax(x: Float[Tensor, "*A"], dim: int) -> Float[Tensor, "*A"]:
    """Shares along one axis: exp(x), divided by its sum over the axis `dim`.

    `dim` may be negative, and the other axes are independent of each other. Only differences
    count, so take the largest score along `dim` away first: then scores of 1000 do not overflow,
    and a row of scores around -1000 does not vanish. A score of minus infinity gets exactly 0;
    along `dim` there is always one that is larger.

    Source: Goodfellow, Bengio and Courville, Deep Learning, section 4.1.
    """
    grown = (x - x.amax(dim=dim, keepdim=True)).exp()  # the largest becomes exp(0) = 1
    return grown / grown.sum(dim=dim, keepdim=True)


def cross_entropy(
    logits: Float[Tensor, "N V"],
    target: Int[Tensor, "N"],
    ignore_index: int = -100,
    reduction: str = "mean",
) -> Float[Tensor, "*R"]:
    """The surprise of each target under its row of logits, in nats: -log softmax(logits)[target].

    Rows whose target is `ignore_index` are not paid for. `reduction` is "mean" (the sum over the
    paid rows, divided by their number), "sum", or "none" (one number per row, 0.0 where ignored,
    whatever its logits). You may assume that at least one row is paid for when a mean is asked.
    A row in which one logit is larger than the others by 1000 must cost 0 nats or 1000, not NaN or
    infinity. A logit may be minus infinity, which rules that class out; it is never the target.

    Source: PyTorch, `torch.nn.CrossEntropyLoss`.
    """
    log_probs = logits - logits.logsumexp(dim=1, keepdim=True)
    paid = target != ignore_index
    index = target.where(paid, 0)[:, None]  # any valid column will do where nothing is paid
    nll = -log_probs.gather(1, index).squeeze(1).where(paid, 0.0)
    if reduction == "none":
        return nll
    return nll.sum() if reduction == "sum" else nll.sum() / paid.sum()


def sequence_log_prob(
    logits: Float[Tensor, "B T V"], ids: Int[Tensor, "B T"], mask: Int[Tensor, "B T"]
) -> Float[Tensor, "B"]:
    """log p of each row's tokens, all but the first, in nats: the chain rule, summed in logs.

    `logits[:, t]` are the scores for the token at t + 1, finite everywhere. `mask` is 1 for a real
    token, 0 for padding, which may come before the text in one row and after it in the next.
    Nothing real comes before a row's first real token, so that one is not scored, wherever the
    padding is. A row with one real token has log p = 0.

    Source: Bengio et al. 2003, section 1.
    """
    log_probs = logits[:, :-1].log_softmax(dim=-1)
    each = log_probs.gather(-1, ids[:, 1:, None])[..., 0]  # B T-1 V -> B T-1
    scored = (mask[:, 1:] * mask[:, :-1]).bool()
    return each.where(scored, 0.0).sum(dim=1)


def token_nll(
    logits: Float[Tensor, "B T V"], ids: Int[Tensor, "B T"], mask: Int[Tensor, "B T"]
) -> tuple[Float[Tensor, ""], int]:
    """What a batch costs: the nats of all its scored tokens, and how many those are.

    The conventions are those of `sequence_log_prob`: logits at t score the token at t + 1, padding
    and each row's first real token are not scored. The sum is a tensor, so that a model can learn
    from it (0.0 where nothing is scored); the number is a Python int. Dividing one by the other is
    left to whoever has seen the last batch.

    Source: `ForCausalLMLoss` of Hugging Face Transformers, before its division.
    """
    scored = (mask[:, 1:] * mask[:, :-1]).bool()
    labels = ids[:, 1:].where(scored, -100)  # what cross_entropy does not pay for
    nll = F.cross_entropy(logits[:, :-1].flatten(0, 1), labels.flatten(), reduction="sum")
    return nll, int(scored.sum())


def perplexity(nll_sums: list[float], n_tokens: list[int]) -> float:
    """Among how many equally likely tokens a model seems to choose: exp of the mean nats a token.

    One entry per document (or batch): the nats of its tokens, and their number, which may be 0.
    At least one of them is not 0. Every token counts the same, whatever document it is in.

    Source: Jurafsky and Martin, Speech and Language Processing, chapter 3.
    """
    return math.exp(math.fsum(nll_sums) / sum(n_tokens))
