"""Checks and misconceptions for `sample_token`."""

import torch

from autograder.checks.sampling import filtered, left, nucleus, of_shares
from autograder.checks.sampling.apply_penalties import fines
from autograder.checks.sampling.apply_temperature import heat
from autograder.checks.sampling.top_k_filter import best
from autograder.checks.sampling.top_p_filter import nucleus_of
from autograder.exercise import Exercise

EVEN = torch.linspace(0.05, 0.95, 10)


def draws(g):
    def draw(*shape):
        return torch.rand(*shape, generator=g)

    def shuffled(*rows):
        order = [torch.randperm(len(row), generator=g) for row in rows]
        return of_shares(*rows).gather(-1, torch.stack(order))

    def among(rows, low=0.03, high=0.97):
        """A number for each row; the first ones are spread out, so that tokens differ."""
        return low + (high - low) * (torch.arange(rows) + draw(rows)) / rows

    steep, flat = [0.44, 0.27, 0.13, 0.09, 0.07], [0.26, 0.22, 0.2, 0.18, 0.14]

    def after(row, u, many=5):
        """A row and its number that tell orders of the steps apart, then others."""
        rows = torch.cat([of_shares(row), shuffled(*[steep] * many)])
        return rows, torch.cat([torch.tensor([u]), among(many)])

    six = [steep] * 6
    texts = {
        "prompt_ids": torch.randint(5, (6, 2), generator=g),
        "output_ids": torch.randint(5, (6, 3), generator=g),
    }
    texts["output_ids"][0] = 0
    twice = {name: torch.randint(5, (12, 3), generator=g) for name in texts}
    first_gone = of_shares([0.05, 0.45, 0.3, 0.2])
    warm, warm_u = after(steep, 0.96)  # at 3, a third token is needed for 0.6
    cut, cut_u = after(steep, 0.96)  # among three, the first has more than 0.5
    paid, paid_u = after([0.2] * 5, 0.01)  # at 0.3, what token 0 pays counts more than threefold
    many = torch.randn(24, 200, generator=g)
    many[:, 0] = many[:, -1] = -6.0  # both are cut
    almost = torch.full((24,), 1 - 2**-24)  # the largest below 1
    favourites = shuffled(*six)
    said = {"prompt_ids": texts["prompt_ids"], "output_ids": favourites.argmax(-1, keepdim=True)}
    return {
        "nothing is done to the logits": (shuffled(steep, flat, steep, flat), {}, among(4)),
        "u is 0 and the first token was filtered out": (first_gone, {"top_k": 3}, torch.zeros(1)),
        "u is nearly 1 and tokens were filtered out": (
            of_shares([0.3, 0.5, 0.1, 0.06, 0.04]), {"top_p": 0.75}, torch.tensor([0.999]),
        ),
        "u is nearly 1": (of_shares([0.4, 0.35, 0.25], flat[:3]), {}, torch.tensor([0.999, 0.995])),
        "u is the largest number below 1 and rounded sums may not exceed it": (
            many, {"top_k": 190}, almost,
        ),
        "there are many tokens and no setting": (0.1 * many[:, 1:61], {}, among(24)),
        "the temperature is 2": (shuffled(*six), {"temperature": 2.0}, among(6)),
        "the temperature is 0": (shuffled(*six, flat), {"temperature": 0.0}, among(7)),
        "the three likeliest are left": (shuffled(*six), {"top_k": 3}, among(6)),
        "p is 0.8": (shuffled(*six), {"top_p": 0.8}, among(6)),
        "temperature and p": (warm, {"top_p": 0.6, "temperature": 3.0}, warm_u),
        "k and p": (cut, {"top_p": 0.5, "top_k": 3}, cut_u),
        "only presence counts": (shuffled(*six), {"presence": 0.7, **texts}, among(6)),
        "only frequency counts": (shuffled(*six), {"frequency": 0.9, **texts}, among(6)),
        "penalties and a temperature": (
            paid, {"temperature": 0.3, "frequency": 0.6, "presence": 0.4, **texts}, paid_u,
        ),
        "presence and k": (favourites, {"top_k": 2, "presence": 2.5, **said}, among(6)),
        "there is everything": (
            shuffled(*six), {"top_p": 0.7, "top_k": 4, "temperature": 1.6, "repetition": 1.8, **texts},
            among(6),
        ),
        "the settings change nothing": (
            shuffled(flat, steep), {"top_k": 9, "top_p": 1.0, "temperature": 1.0}, among(2),
        ),
        "only repetition counts, and logits have both signs": (
            1.5 * torch.randn(12, 5, generator=g), {"repetition": 2.5, **twice}, among(12),
        ),
        "p is 0": (shuffled(*six), {"top_p": 0.0}, among(6)),
        "there are ids and no penalty": (shuffled(*six), {"temperature": 0.8, **texts}, among(6)),
    }  # fmt: skip


draw_one = Exercise(
    "sampling.sample_token", fast_track=True,
    title="A token is drawn",
    needs=("apply_penalties", "apply_temperature", "top_k_filter", "top_p_filter"),
    points=3, difficulty=2, minutes=20, examples=draws, forbid=("multinomial",),
)  # fmt: skip
draw_one.leave_out("one", "ids among the settings belong to a batch and a vocabulary")
draw_one.leave_out("two", "ids among the settings belong to a batch and a vocabulary")


@draw_one.oracle("transformers.LogitsProcessorList, then bisect on sums in float64")
def _(logits, cfg, u):
    from bisect import bisect_right
    from itertools import accumulate

    from transformers import LogitsProcessorList, RepetitionPenaltyLogitsProcessor

    steps = LogitsProcessorList()
    both = None
    if "repetition" in cfg:
        steps.append(RepetitionPenaltyLogitsProcessor(float(cfg["repetition"])))
        both = torch.cat([cfg["prompt_ids"], cfg["output_ids"]], dim=-1)
    if "presence" in cfg or "frequency" in cfg:
        V = logits.shape[-1]
        times = torch.nn.functional.one_hot(cfg["output_ids"], V).sum(1)
        paid = cfg.get("frequency", 0) * times + cfg.get("presence", 0) * (times > 0)
        steps.append(lambda ids, scores: scores - paid)
    for setting, warper in (("temperature", "TemperatureLogitsWarper"), ("top_k", "TopKLogitsWarper"),
                            ("top_p", "TopPLogitsWarper")):  # fmt: skip
        if cfg.get(setting) == 0:
            steps.append(lambda ids, scores: nucleus(scores, 0.0))
        elif setting in cfg:
            steps.append(lambda ids, scores, w=warper, s=setting: filtered(w, scores, cfg[s]))
    probs = steps(both, logits).double().softmax(-1)
    sums = [list(accumulate(row)) for row in probs.tolist()]
    return torch.tensor([bisect_right(row, x) for row, x in zip(sums, u.tolist(), strict=True)])


for fragment in ("dim=-1", "scatter(-1", "scatter_add(-1", "shape[-1]"):
    draw_one.excuse(fragment, "there are two axes: the last one is number 1 as well")
draw_one.excuse("logits > 0", "a logit of 0 is 0 after a product and after a division")
draw_one.excuse("== 0:", "no temperature is any but 0")


@draw_one.claim("over evenly spaced u, each token comes as often as its probability says")
def _(answer):
    for shares in ([0.1, 0.4, 0.2, 0.3], [0.5, 0.1, 0.4]):
        tokens = answer(of_shares(*[shares] * 10), {}, EVEN)
        times = torch.bincount(tokens, minlength=len(shares))
        assert times.tolist() == [round(10 * share) for share in shares]


@draw_one.claim("what the filters cut is never drawn, and what they leave is drawn in proportion")
def _(answer):
    rows = of_shares(*[[0.02, 0.48, 0.06, 0.12, 0.32]] * 10)
    for cfg, wanted in (({"top_k": 2}, [0, 6, 0, 0, 4]), ({"top_p": 0.7}, [0, 6, 0, 0, 4])):
        assert torch.bincount(answer(rows, cfg, EVEN), minlength=5).tolist() == wanted


@draw_one.claim("at temperature 0 u makes no difference, and at a high one it decides")
def _(answer):
    rows = of_shares(*[[0.3, 0.1, 0.45, 0.15]] * 10)
    assert answer(rows, {"temperature": 0.0}, EVEN).tolist() == [2] * 10
    hot = answer(rows, {"temperature": 1e4}, EVEN)
    assert torch.bincount(hot, minlength=4).min() >= 2


@draw_one.claim("each row is drawn with a number of its own")
def _(answer):
    rows = of_shares([0.5, 0.2, 0.3], [0.1, 0.2, 0.7], [0.3, 0.6, 0.1])
    for u in (torch.tensor([0.1, 0.9, 0.5]), torch.tensor([0.6, 0.05, 0.95])):
        together = answer(rows, {}, u)
        alone = [answer(rows[i : i + 1], {}, u[i : i + 1]) for i in range(3)]
        assert torch.equal(together, torch.cat(alone))
        assert len(set(together.tolist())) > 1


draw_one.slip(
    "sums <= u", "sums < u", name="searchsorted_side",
    seen="Only u = 0 is wrong. Can a token be drawn that was filtered out?",
    why="The first token whose sum is u *or more* is taken. At u = 0 that is the first of all, with a "
    "sum of 0, which was filtered out. The sum has to exceed u: `right=True` in `searchsorted`.",
)  # fmt: skip
draw_one.slip(
    "u[:, None] *", "u[0] *", name="u_shared",
    seen="With one row it is right. How many numbers does a batch need?",
    why="The first u serves all rows. Each row has a u of its own.",
)  # fmt: skip
draw_one.slip(
    "u[:, None] * sums[:, -1:]", "u[:, None]", name="beyond_the_last",
    seen="Nearly always it is right. Which token is drawn if rounded sums never exceed u?",
    why="The sums are compared with u as it is here. Rounded sums may end a little below 1, and a u "
    "close to 1 then exceeds them all: the id is V, which no token has. Multiply u by the last sum.",
)  # fmt: skip

NEUTRAL = {"presence": 0.0, "frequency": 0.0, "repetition": 1.0}


def shaped(logits, cfg, order=("penalties", "temperature", "top_k", "top_p")):
    filters = {"temperature": heat, "top_k": best, "top_p": nucleus_of}
    for step in order:
        if step == "penalties" and cfg.keys() & NEUTRAL.keys():
            weights = {name: cfg.get(name, neutral) for name, neutral in NEUTRAL.items()}
            logits = fines.reference(logits, cfg["prompt_ids"], cfg["output_ids"], **weights)
        elif step in cfg:
            logits = filters[step].reference(logits, cfg[step])
    return logits


def drawn(logits, u):
    sums = logits.softmax(-1).cumsum(-1)
    return (sums <= u[:, None] * sums[:, -1:]).sum(-1)


@draw_one.misconception(
    seen="With one setting at a time it is right. Which comes first, temperature or p?",
    why="The filters come before the temperature here, as in `llama.cpp`. Then p cuts the same tokens at "
    "every temperature. In the task, as in `transformers`, the temperature comes first.",
    convention=True,
)
def temperature_last(logits, cfg, u):
    return drawn(shaped(logits, cfg, ("penalties", "top_k", "top_p", "temperature")), u)


@draw_one.misconception(
    seen="With one setting at a time it is right. p is a part of the probability of which tokens?",
    why="Top-p comes before top-k here. In the task k cuts first, what is left is shared out anew, and p "
    "is a part of that.",
)
def p_before_k(logits, cfg, u):
    return drawn(shaped(logits, cfg, ("penalties", "temperature", "top_p", "top_k")), u)


@draw_one.misconception(
    seen="With one setting at a time it is right. Is a penalty divided by the temperature?",
    why="The penalties come after the temperature here, so that they weigh the same at every "
    "temperature. In the task they come first.",
)
def penalties_after_temperature(logits, cfg, u):
    return drawn(shaped(logits, cfg, ("temperature", "penalties", "top_k", "top_p")), u)


@draw_one.misconception(
    seen="Nothing is drawn: what is u for?",
    why="The likeliest token is taken whatever u is. That is greedy decoding. u picks one among all that "
    "are left.",
)
def always_the_likeliest(logits, cfg, u):
    return shaped(logits, cfg).argmax(-1)


@draw_one.misconception(
    seen="Without a setting it is right. What was done with the filtered logits?",
    why="The token is drawn from the logits as they came: temperature and filters are not used.",
    code=r"\A(?![\s\S]*(?:cfg\s*[\[.]|in cfg))",
)
def settings_unused(logits, cfg, u):
    return drawn(logits, u)


@draw_one.misconception(
    seen="Without filters it is right. What do the probabilities that are left sum to?",
    why="Tokens that were cut got the probability 0, but the others were not shared out anew, and u may "
    "exceed all of their sums. A softmax *after* the filters divides by what is left.",
)
def not_shared_out_anew(logits, cfg, u):
    cut = shaped(logits, cfg)
    base = shaped(logits, {name: cfg[name] for name in cfg if name not in ("top_k", "top_p")})
    sums = (base.softmax(-1) * left(cut)).cumsum(-1)
    return (sums <= u[:, None]).sum(-1).clamp(max=logits.shape[-1] - 1)


@draw_one.misconception(
    seen="In what order are probabilities added up?",
    why="The probabilities are added up from the likeliest down here. It draws as often as it should, "
    "but other tokens for the same u: the task adds up in the order of ids.",
    convention=True,
)
def from_the_likeliest(logits, cfg, u):
    ordered, ids = shaped(logits, cfg).sort(dim=-1, descending=True, stable=True)
    return ids.gather(-1, drawn(ordered, u)[:, None])[:, 0]


@draw_one.alternative
def by_searchsorted(logits, cfg, u):
    probs = shaped(logits, cfg).softmax(-1)
    sums = probs.double().cumsum(-1)
    sums = sums / sums[:, -1:]
    return torch.searchsorted(sums, u.double()[:, None], right=True)[:, 0]


@draw_one.alternative
def walking(logits, cfg, u):
    tokens = []
    for row, x in zip(shaped(logits, cfg).double().softmax(-1).tolist(), u.tolist(), strict=True):
        total, token = 0.0, -1
        while total <= x:
            token += 1
            total += row[token]
        tokens.append(token)
    return torch.tensor(tokens)
