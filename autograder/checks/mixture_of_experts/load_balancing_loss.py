"""Checks and misconceptions for `load_balancing_loss`."""

import torch

from autograder.exercise import Exercise, agree, differ


def scores(g):
    def draw(N, E, k, hidden=(), size=1.0):
        mask = torch.ones(N, dtype=torch.bool)
        mask[list(hidden)] = False
        return size * torch.randn(N, E, generator=g), k, mask

    same, _, all_of_them = draw(5, 4, 2)
    same[:, [1, 3]] += 12.0
    return {
        "there is one token": draw(1, 3, 1),
        "every token has one expert": draw(7, 4, 1),
        "every token has two experts": draw(6, 5, 2),
        "every token has all experts": draw(4, 3, 3),
        "two tokens are padding": draw(7, 4, 2, hidden=(3, 6)),
        "most tokens are padding": draw(9, 5, 1, hidden=(2, 3, 4, 6, 7, 8)),
        "all tokens go to the same two experts": (same, 2, all_of_them),
        "all scores are equal": (torch.zeros(3, 6), 2, torch.ones(3, dtype=torch.bool)),
        "the scores are large": draw(5, 3, 1, size=60.0),
    }


balance = Exercise(
    "mixture_of_experts.load_balancing_loss", needs=("route_tokens",),
    title="Work for everybody",
    points=2, difficulty=2, minutes=20, examples=scores,
)  # fmt: skip


@balance.oracle("transformers.load_balancing_loss_func")
def _(router_logits, k, mask):
    from transformers.models.mixtral.modeling_mixtral import load_balancing_loss_func

    experts = router_logits.shape[1]
    return load_balancing_loss_func((router_logits,), experts, k, mask.long()[None])


def everybody(N):
    return torch.ones(N, dtype=torch.bool)


@balance.claim("the same for all experts gives k, and all tokens to the same k experts give E")
def _(answer):
    even = 40 * torch.eye(6)
    flood = torch.zeros(5, 6)
    flood[:, [4, 1]] = 40.0
    agree(answer(even, 1, everybody(6)), torch.tensor(1.0))
    agree(answer(even + even.roll(1, 1), 2, everybody(6)), torch.tensor(2.0))
    agree(answer(flood, 2, everybody(5)), torch.tensor(6.0))


@balance.claim(
    "a token that is padding changes nothing, whatever its scores, and one that is not does"
)
def _(answer):
    logits, mask = torch.randn(9, 4), everybody(9)
    mask[[2, 5]] = False
    padding, told = logits.clone(), logits.clone()
    padding[~mask] = 9 * torch.randn(2, 4)
    told[mask] += torch.tensor([0.0, 9.0, 0.0, 9.0])  # all go to the same two
    first, second, third = answer.each((logits, 2, mask), (padding, 2, mask), (told, 2, mask))
    agree(second, first)
    differ(third, first)


@balance.claim(
    "a step down the gradient takes scores away from the expert that has the most tokens"
)
def _(answer):
    logits = torch.randn(12, 5) / 5
    logits[:, 3] += 1.0
    (slope,) = answer.gradients(logits, 1, everybody(12))
    assert slope is not None
    assert (slope[:, 3] > 0.01 / 12).all()
    assert (slope[:, [0, 1, 2, 4]].sum(0) < 0).all()


balance.slip(
    "probs.shape[1] * (chosen", "(chosen", name="no_times_E",
    seen="It rises and falls as it should. What is it when all experts get the same?",
    why="The factor E is missing here, or a mean over the experts divides by it again. Without it the "
    "value for even work depends on the number of experts: k / E and not k.",
)  # fmt: skip
balance.slip(
    "chosen.mean(dim=0) * probs", "k * probs.mean(dim=0) * probs", name="soft_soft",
    seen="With every token split evenly it is right. Where do the tokens really go?",
    why="Both factors are mean probabilities here. One of them is a count: the share of tokens that go "
    "to the expert.",
)  # fmt: skip
balance.slip(
    "* probs.mean(dim=0)", "* chosen.mean(dim=0)", name="hard_hard",
    seen="It says how uneven the work is. In which direction should the scores move to make it smaller?",
    why="Both factors are counts here. A count does not change when a score moves a little, so there is "
    "no gradient to learn from. One factor is the mean probability.",
)  # fmt: skip
balance.slip(
    "chosen.mean(dim=0)", "chosen.mean(dim=0) / k", name="divide_by_k",
    seen="With one expert for each token it is right. What do the shares f of all experts add up to?",
    why="The counts are divided by k here, so that even work gives 1, as some papers have it. In "
    "transformers and in this exercise the f of all experts add up to k.", convention=True,
)  # fmt: skip
balance.slip(
    "router_logits[mask]", "router_logits", name="pads_counted",
    seen="Without padding it is right. Who is counted?",
    why="Padding is counted here, with whatever scores it has. All padding tokens are alike, so they go "
    "to the same experts and make these look busy. Only tokens with True in `mask` count.",
)  # fmt: skip
balance.slip(
    "probs.topk(k)", "probs.topk(1)", name="best_only",
    seen="With one expert for each token it is right. How many has each here?",
    why="Only the best expert of each token is counted here. Each token goes to k.",
)  # fmt: skip
balance.slip(
    "(chosen.mean(dim=0) * probs.mean(dim=0)).sum()", "(chosen * probs).mean(dim=0).sum()",
    name="means_after",
    seen="With a single token it is right. Which comes first: the mean over tokens, or the product?",
    why="The product is taken token by token here, and the mean after it. That says how sure the router "
    "is, and not how even the work is. The same comes out if p is the mean over only the tokens that "
    "went to the expert. First come two means over all tokens, then their product.",
)  # fmt: skip
balance.slip(
    "router_logits[mask]", "router_logits[~mask]", name="true_is_padding",
    seen="What does True in `mask` say of a token?",
    why="True is taken for padding here, as in the `key_padding_mask` of torch's attention. In this "
    "exercise, and in the masks of transformers, True says that the token counts.", convention=True,
)  # fmt: skip
balance.slip(
    "chosen.mean(dim=0) * probs.mean(dim=0)",
    "chosen.mean(dim=0) * router_logits.softmax(dim=1).mean(dim=0)", name="mask_in_one_mean",
    seen="Without padding it is right. Over which tokens goes each of the two means?",
    why="Padding is left out of one mean here, and counted in the other. Both f and p are means over "
    "the tokens that count.",
)  # fmt: skip
balance.slip(
    "chosen.mean(dim=0) * probs.mean(dim=0)",
    "chosen.mean(dim=0) * router_logits[mask].mean(dim=0).softmax(dim=0)", name="mean_of_the_scores",
    seen="With a single token it is right. Which comes first: the softmax, or the mean over tokens?",
    why="The scores are averaged over the tokens here, and the softmax comes after it. First comes the "
    "softmax of each token, then the mean of the probabilities.",
)  # fmt: skip
balance.slip(
    "softmax(dim=1)", "softmax(dim=0)", name="over_the_tokens",
    seen="Each f is a share of the tokens that count. Over what does the softmax go: the experts of a "
    "token, or the tokens of an expert?",
    why="The softmax goes over the tokens here, so the p of every expert is the same. It goes over the "
    "experts, for each token alone, and the mean over the tokens comes after it.",
)  # fmt: skip
balance.slip(
    "router_logits[mask].softmax", "(router_logits * mask[:, None]).softmax", name="scores_to_zero",
    seen="Without padding it is right. What does a softmax make of a row of zeros?",
    why="The scores of padding are set to 0 here. A softmax makes even probabilities of them, and the "
    "first k experts get these tokens all the same. The rows are left out before anything is counted.",
)  # fmt: skip
balance.slip(
    "router_logits[mask].softmax",
    "router_logits.masked_fill(~mask[:, None], float('-inf')).softmax", name="scores_to_minus_inf",
    seen="Without padding it is right. What does a softmax make of a row in which every score is minus "
    "infinity?",
    why="All scores of padding are set to minus infinity here. A softmax then divides 0 by 0, and the "
    "result is nan. The rows are left out before anything is counted.",
)  # fmt: skip


@balance.misconception(
    seen="Where no two scores of a token are equal it is right. How many experts does a token have "
    "where they are?",
    why="All experts whose probability is not below the k-th largest are taken here. Where several are "
    "equal, that can be more than k. Each token has exactly those that `topk` takes.",
)
def more_than_k_where_equal(router_logits, k, mask):
    probs = router_logits[mask].softmax(-1)
    chosen = (probs >= probs.topk(k).values[:, -1:]).to(probs.dtype)
    return probs.shape[1] * (chosen.mean(0) * probs.mean(0)).sum()


@balance.misconception(
    seen="With no padding it is right. By how many tokens are the sums divided?",
    why="Padding is left out of the sums here, but the sums are divided by all N tokens. They are "
    "divided by the tokens that count.",
)
def divided_by_all(router_logits, k, mask):
    probs = router_logits.softmax(-1) * mask[:, None]
    chosen = torch.zeros_like(probs).scatter(1, router_logits.topk(k, -1).indices, 1.0)
    return probs.shape[1] * ((chosen * mask[:, None]).mean(0) * probs.mean(0)).sum()


@balance.misconception(
    seen="With all experts chosen it is right. Over how many experts does the softmax go?",
    why="The probabilities are those of the k chosen experts here, divided by their sum. An expert that "
    "is never chosen then gets no gradient and stays unused. The softmax goes over all E.",
)
def renormalised(router_logits, k, mask):
    probs = router_logits[mask].softmax(-1)
    kept, idx = probs.topk(k, -1)
    chosen = torch.zeros_like(probs).scatter(1, idx, 1.0)
    weights = torch.zeros_like(probs).scatter(1, idx, kept / kept.sum(-1, keepdim=True))
    return probs.shape[1] * (chosen.mean(0) * weights.mean(0)).sum()


@balance.misconception(
    seen="It is large where the work is uneven. What is it when all experts get the same?",
    why="This is the squared coefficient of variation of the probabilities, an older loss (Shazeer et "
    "al. 2017). It is 0 when all get the same. Here it is E times the sum of f times p, which is k then.",
    convention=True,
)
def squared_variation(router_logits, k, mask):
    share = router_logits[mask].softmax(-1).mean(0)
    return share.var(correction=0) / share.mean().square()


@balance.alternative
def by_counting(router_logits, k, mask):
    rows = [row for row, there in zip(router_logits, mask.tolist(), strict=True) if there]
    total, experts = len(rows), router_logits.shape[1]
    counts, sums = [0] * experts, 0
    for row in rows:
        share = torch.exp(row - row.max().detach())
        sums = sums + share / share.sum()
        for number in row.argsort(descending=True)[:k].tolist():
            counts[number] += 1
    return sum(experts * counts[e] / total * sums[e] / total for e in range(experts))
