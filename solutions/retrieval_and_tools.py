"""What a model is given beside its weights: documents that a search finds, and tools that it calls.

Owns: ranking documents by words and by vectors, merging rankings, and the loop that runs tools.
Ignores how a text is cut into words, where vectors come from, and what a model says.
"""

from collections.abc import Callable

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn import functional as F


def bm25(docs: list[list[str]], query: list[str], k1: float, b: float) -> Float[Tensor, "N"]:
    """How well each of N documents fits a query, by the words that they share.

    A document's score is a sum over the words of the query. Each word adds its weight times
    count * (k1 + 1) / (count + k1 * (1 - b + b * length / mean)). Here count says how often the
    document has the word, length is how many words the document has, and mean is the mean length
    of all documents. The weight of a word that n of the N documents have is the natural logarithm
    of 1 + (N - n + 0.5) / (n + 0.5). A word that the query has twice is added twice, and a query
    without words gives zeros. Words are taken as they are: "Mill" and "mill" differ. Equal
    documents are documents of their own. There is at least one document, and at least one that has
    a word. k1 is positive, b lies between 0 and 1. The scores are float32.

    Source: Robertson and Zaragoza 2009; the 1 in the logarithm is that of Lucene.
    """
    lengths = torch.tensor([float(len(doc)) for doc in docs])
    norm = k1 * (1 - b + b * lengths / lengths.mean())
    scores = torch.zeros(len(docs))
    for word in query:
        counts = torch.tensor([float(doc.count(word)) for doc in docs])
        holding = (counts > 0).sum()
        weight = torch.log(1 + (len(docs) - holding + 0.5) / (holding + 0.5))
        scores = scores + weight * counts * (k1 + 1) / (counts + norm)
    return scores


def reciprocal_rank_fusion(
    rankings: list[list[str | int]], k: int = 60
) -> list[tuple[str | int, float]]:
    """One ranking made of several: a list of tuples (id, score), the highest score first.

    Each ranking lists ids, the best one first. An id at rank r of a ranking, where the first has
    rank 1, gets 1 / (k + r) from it, and from a ranking without it nothing. Its score is the sum of
    these floats, added in the order of the rankings. If a ranking has an id more than once, the
    best of its ranks counts; the repeats still take up a place. Ids whose sums are equal come in the
    order in which they are first met when the rankings are read one after another.

    Source: Cormack, Clarke and Büttcher 2009.
    """
    scores = {}
    for ranking in rankings:
        seen = set()
        for rank, name in enumerate(ranking, start=1):
            if name not in seen:
                seen.add(name)
                scores[name] = scores.get(name, 0.0) + 1 / (k + rank)
    return sorted(scores.items(), key=lambda pair: pair[1], reverse=True)


def retrieve_top_k(
    Q: Float[Tensor, "M D"], X: Float[Tensor, "N D"], k: int
) -> tuple[Int[Tensor, "M Nk"], Float[Tensor, "M Nk"]]:
    """For each query, the k rows of X that are most like it, and how alike they are: (idx, scores).

    Alike means cosine similarity: the product of two vectors, each divided by its length. A row of
    zeros has the similarity 0 with everything. For each row of Q, `idx` holds the numbers of rows
    of X in int64, the most alike first, and of several equally alike the one with the smallest
    number first. `scores` holds their similarities. k is 1 or more, and Nk is k or N, whichever is
    smaller: if k is larger than N, all N rows are given. Gradients are not asked for.

    Source: exact search, as in scikit-learn's `NearestNeighbors(metric="cosine")`.
    """
    Q, X = Q.detach(), X.detach()  # nobody learns from a search
    likeness = F.normalize(Q, dim=-1) @ F.normalize(X, dim=-1).T
    scores, idx = likeness.sort(dim=-1, descending=True, stable=True)
    return idx[:, :k], scores[:, :k]


def tool_loop(
    model_fn: Callable[[list[dict]], dict],
    tools: dict[str, Callable],
    messages: list[dict],
    max_steps: int,
) -> list[dict]:
    """A conversation, continued until the model calls no more tools: the old messages and the new.

    `model_fn(messages)` gets all messages so far and gives the model's reply, a message of its own.
    The reply goes to the end of the messages as it is. Under "tool_calls" it may hold a list of
    calls, {"name": ..., "arguments": {...}}. If that is missing or empty, the conversation is over,
    whatever the text under "content" says; a reply may be without a text. Otherwise each call is
    run once, in order: the tool of that name gets the arguments by their names.
    Its result follows as a message {"role": "tool", "name": name, "content": str(result)}, whatever
    the result is. Then the model is asked again, all in all at most `max_steps` times, and never if
    that is 0. The calls of the last reply are still run. The result is a new list: `messages` does not
    grow.

    Two things do not end the conversation, because the model should read of them. If there is no
    tool of exactly that name, the content is "error: there is no tool NAME". If a tool raises an
    `Exception` e, also because the arguments do not suit it, the content is f"error: {e}". What
    `model_fn` raises is not caught.

    Source: the messages are those of chat templates in `transformers`; Yao et al. 2023 for the loop.
    """
    messages = list(messages)
    for _ in range(max_steps):
        reply = model_fn(messages)
        messages.append(reply)
        calls = reply.get("tool_calls") or []
        for call in calls:
            name = call["name"]
            if name not in tools:
                content = f"error: there is no tool {name}"
            else:
                try:
                    content = str(tools[name](**call["arguments"]))
                except Exception as e:
                    content = f"error: {e}"
            messages.append({"role": "tool", "name": name, "content": content})
        if not calls:
            break
    return messages
