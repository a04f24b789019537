"""Checks and misconceptions for `route_tokens`."""

import torch

from autograder.exercise import Exercise, agree, differ


def routes(g):
    def draw(N, D, E, k, size=1.0):
        return torch.randn(N, D, generator=g), size * torch.randn(E, D, generator=g), k

    h, Wg, k = draw(4, 3, 5, 2)
    signs = torch.tensor([[1.0], [-1.0], [1.0]])  # no exp survives, nor one shift for all rows
    return {
        "each token has a single expert": draw(3, 4, 5, 1),
        "there are two experts, and both are taken": draw(3, 5, 2, 2),
        "each token takes two of three experts": draw(4, 2, 3, 2),
        "each token takes three of seven experts": draw(5, 6, 7, 3, 0.5),
        "there are as many tokens as experts": draw(6, 4, 6, 2),
        "all scores of a token are below 0": (h.abs() + 0.1, -Wg.abs(), k),
        "the scores are large": (
            (1 + torch.rand(3, 5, generator=g)) * signs, 15 + torch.randn(4, 5, generator=g), 1,
        ),
    }  # fmt: skip


route = Exercise(
    "mixture_of_experts.route_tokens", fast_track=True, needs=("softmax",),
    title="Who shall do it?",
    points=2, difficulty=2, minutes=15, examples=routes,
)  # fmt: skip


@route.oracle("transformers.MixtralTopKRouter")
def _(h, Wg, k):
    from types import SimpleNamespace

    from transformers.models.mixtral.modeling_mixtral import MixtralTopKRouter

    experts, width = Wg.shape
    config = SimpleNamespace(num_experts_per_tok=k, num_local_experts=experts, hidden_size=width)
    return torch.func.functional_call(MixtralTopKRouter(config), {"weight": Wg}, (h,))


@route.claim("with k experts of E, two weights differ as the exponentials of their scores do")
def _(answer):
    h, Wg = torch.randn(5, 4), torch.randn(7, 4)
    logits, weights, idx = answer(h, Wg, 3)
    agree(logits, h @ Wg.T)
    scores = logits.gather(1, idx)
    agree((weights / weights[:, :1]).log(), scores - scores[:, :1])
    differ(weights[:, 1], weights[:, 0])


@route.claim("the weights of a token add up to 1, and its best expert comes first")
def _(answer):
    h, Wg = torch.randn(16, 3), torch.randn(5, 3).abs() + 0.1
    h[0] = -1.0  # all its scores are below 0
    _, weights, idx = answer(h, Wg, 2)
    agree(weights.sum(1), torch.ones(16))
    assert torch.equal(idx[:, 0], (h @ Wg.T).argmax(1))
    assert (weights[:, 0] > weights[:, 1]).all()


@route.claim("experts in another order are found under their new numbers, with the same weights")
def _(answer):
    h, Wg = torch.randn(6, 4), torch.randn(5, 4)
    order = torch.tensor([3, 0, 4, 1, 2])
    (_, weights, idx), (_, again, found) = answer.each((h, Wg, 2), (h, Wg[order], 2))
    agree(again, weights)
    assert torch.equal(order[found], idx)
    assert idx.unique().numel() > 1


route.slip(
    "kept / kept.sum(dim=1, keepdim=True)", "kept", name="no_renormalisation",
    seen="The experts are right, and so is the order of their weights. What do the weights of a token "
    "add up to?",
    why="The probabilities are returned here as they come out of the softmax over all experts. Some "
    "models do that, the Switch Transformer among them. Here the k that are kept are divided by their "
    "sum, so that they add up to 1.", convention=True,
)  # fmt: skip
route.slip(
    "logits.softmax(dim=1)", "logits.sigmoid()", name="sigmoid",
    seen="The experts are right, and the weights add up to 1. Do the scores of two experts compete?",
    why="Each score goes through a sigmoid of its own here, as in DeepSeek-V3. In a Mixtral there is a "
    "softmax over all experts.", convention=True,
)  # fmt: skip
route.slip(
    "topk(k)", "topk(k, largest=False)", name="bottom_k",
    seen="There are k experts for each token. Which ones should they be?",
    why="The k experts with the *smallest* scores are taken here. It is the largest that are wanted.",
)  # fmt: skip
route.slip(
    "logits.softmax(dim=1)", "logits.softmax(dim=0)", name="over_the_tokens",
    seen="The scores are right. Over what does the softmax go: the experts of a token, or the tokens of "
    "an expert?",
    why="The softmax goes over the tokens here, so that a token's weights depend on the other tokens "
    "in the batch. It goes over the experts, for each token alone.",
)  # fmt: skip
route.slip(
    "return logits, kept", "return logits.softmax(dim=1), kept", name="probabilities_for_scores",
    seen="Weights and experts are right. Are the first numbers scores, or probabilities already?",
    why="The probabilities are returned in place of the scores here. Who balances the experts later "
    "puts a softmax on them, and would do it twice.",
)  # fmt: skip
route.slip(
    "kept / kept.sum(dim=1, keepdim=True)", "kept.softmax(dim=1)", name="softmax_twice",
    seen="The experts are right, and the weights add up to 1. Are they as far apart as the scores say?",
    why="The kept probabilities go through a second softmax here, which makes them nearly equal. They "
    "are divided by their sum. (A softmax of the k kept *scores* would be right, too.)",
)  # fmt: skip
route.slip(
    "kept / kept.sum(dim=1, keepdim=True)", "torch.full_like(kept, 1 / k)", name="equal_weights",
    seen="The experts are right. Does the best of them count more than the second?",
    why="All kept experts have the same weight here. The weights are their probabilities, divided by "
    "the sum of those that are kept.",
)  # fmt: skip
route.slip(
    "kept / kept.sum(dim=1, keepdim=True)", "kept / kept.sum()", name="sum_over_the_batch",
    seen="Which weights add up to 1: those of one token, or those of all?",
    why="The weights are divided by the sum over all tokens here. Each token's weights are divided by "
    "their own sum.",
)  # fmt: skip


route.slip(
    "logits = h @ Wg.T", "logits = h @ Wg.T / h.shape[1] ** 0.5", name="scores_of_attention",
    seen="The experts are right, and the weights add up to 1. Are these the dot products themselves?",
    why="The scores are divided by the root of D here, as in attention. A router leaves them as they "
    "are.", convention=True,
)  # fmt: skip


@route.misconception(
    seen="With several experts for a token it is right. By what is a single weight divided?",
    why="With k = 1 the probability is kept as it is here. The Switch Transformer does that, so that "
    "its router learns something. Here the weights of a token always add up to 1, also where there is "
    "only one.", convention=True,
)  # fmt: skip
def one_keeps_its_probability(h, Wg, k):
    logits = h @ Wg.T
    kept, idx = logits.softmax(-1).topk(k)
    return logits, kept / kept.sum(-1, keepdim=True) if k > 1 else kept, idx


@route.misconception(
    seen="The experts are right. Can a weight be below 0?",
    why="The scores themselves are divided by their sum here. Scores may be negative, and their sum "
    "may be near 0. The softmax comes first.",
)
def scores_for_probabilities(h, Wg, k):
    logits = h @ Wg.T
    kept, idx = logits.topk(k)
    return logits, kept / kept.sum(-1, keepdim=True), idx


@route.misconception(
    seen="Experts and weights belong together. Which of a token's experts comes first?",
    why="The kept experts come from the smallest to the largest here, as `argsort` gives them. The "
    "largest weight comes first.",
)
def argsort_ascending(h, Wg, k):
    logits = h @ Wg.T
    probs = logits.softmax(-1)
    idx = probs.argsort(-1)[:, -k:]
    kept = probs.gather(1, idx)
    return logits, kept / kept.sum(-1, keepdim=True), idx


@route.misconception(
    seen="With a single expert it is right. How many should each token have?",
    why="Only the best expert is taken here, whatever k is. Each token has k.",
)
def top1_only(h, Wg, k):
    logits = h @ Wg.T
    idx = logits.argmax(-1, keepdim=True)
    return logits, torch.ones_like(idx, dtype=h.dtype), idx


@route.misconception(
    seen="The numbers are those of a good router. How many columns should the weights have?",
    why="The weights come as a table over all experts here, with 0 for those that are not chosen. "
    "What is wanted has a column for each of the k chosen ones.",
)
def a_column_for_each_expert(h, Wg, k):
    logits = h @ Wg.T
    kept, idx = logits.softmax(-1).topk(k)
    kept = kept / kept.sum(-1, keepdim=True)
    return logits, torch.zeros_like(logits).scatter(1, idx, kept), idx


@route.alternative
def softmax_of_the_kept(h, Wg, k):
    logits = torch.einsum("nd,ed->ne", h, Wg)
    order = logits.argsort(dim=1, descending=True)[:, :k]
    return logits, logits.gather(1, order).softmax(-1), order
