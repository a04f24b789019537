"""Checks and misconceptions for `ppo_clip_loss`."""

import torch

from autograder.checks.preferences import normal, of_lengths
from autograder.exercise import Exercise, agree


def steps(g):
    def step(*lengths, T=None, moved=0.4, eps=0.2):
        mask = of_lengths(*lengths, T=T)
        old = -2 * torch.rand(mask.shape, generator=g) - 0.1
        return old + normal(g, *mask.shape, spread=moved), old, normal(g, *mask.shape), mask, eps

    def one(ratio, adv, eps):
        old = torch.tensor([[-1.5]])
        ratio, adv = torch.tensor([[ratio]]), torch.tensor([[adv]])
        return old + ratio.log(), old, adv, torch.ones(1, 1, dtype=torch.bool), eps

    logp, old, adv, mask, eps = step(2, 4, T=5)
    nothing = torch.where(mask, old, -torch.inf), torch.where(mask, adv, torch.nan)
    return {
        "a good token is half as likely again": one(1.5, 0.8, 0.2),
        "a good token has become less likely": one(0.6, 1.2, 0.2),
        "a bad token has become likelier": one(1.6, -0.7, 0.3),
        "a bad token is half as likely": one(0.5, -1.1, 0.1),
        "nothing has moved yet": (*step(3, moved=0.0)[:4], 0.2),
        "two texts have three and five tokens": step(3, 5, T=6),
        "three texts of unlike length have moved far": step(1, 4, 2, moved=1.2, eps=0.3),
        "padding holds NaN and the logarithm of 0": (logp, *nothing, mask, eps),
    }


clip = Exercise(
    "preferences.ppo_clip_loss", fast_track=True,
    title="A step, but not too far", needs=("sequence_logps",),
    points=2, difficulty=2, minutes=15, examples=steps,
)  # fmt: skip


@clip.alternative
def case_by_case(logp, old_logp, adv, mask, eps):
    ratio, adv = (logp - old_logp).where(mask, 0.0).exp(), adv.detach()
    gain = torch.where(adv > 0, ratio.clamp(max=1 + eps), ratio.clamp(min=1 - eps)) * adv
    return -gain.where(mask, 0.0).sum() / mask.sum()


@clip.alternative
def the_larger_loss(logp, old_logp, adv, mask, eps):
    ratio = torch.exp(logp.masked_select(mask) - old_logp.masked_select(mask))
    adv = adv.detach().masked_select(mask)
    clipped = torch.clip(ratio, 1 - eps, 1 + eps)
    return torch.stack([-adv * ratio, -adv * clipped]).amax(0).mean()


def of_ratios(*ratios):
    old = -torch.linspace(0.5, 2.0, len(ratios))[None]
    return old + torch.tensor([ratios]).log(), old, torch.ones(1, len(ratios), dtype=torch.bool)


@clip.claim("before the first step the loss is minus the mean of the advantages")
def _(answer):
    for adv in (torch.tensor([[1.0, -2.0, 0.5]]), torch.tensor([[0.3, 0.9, 0.1]])):
        logp, old, mask = of_ratios(1.0, 1.0, 1.0)
        agree(answer(logp, old, adv, mask, 0.2), -adv.mean())


@clip.claim("a good token gains no more beyond 1 + eps, and a bad one no more below 1 - eps")
def _(answer):
    for adv, ratios in ((2.0, (1.3, 1.6, 3.0)), (-3.0, (0.7, 0.4, 0.1))):
        calls = [(*of_ratios(r)[:2], torch.tensor([[adv]]), of_ratios(r)[2], 0.2) for r in ratios]
        first, *others = answer.each(*calls)
        agree(first, torch.tensor(-adv * (1.2 if adv > 0 else 0.8)))
        for other in others:
            agree(other, first)


@clip.claim("a token that moved the wrong way is pulled back, however far it went")
def _(answer):
    for adv, ratios in ((2.0, (0.7, 0.3)), (-3.0, (1.4, 2.5))):
        for r in ratios:
            logp, old, mask = of_ratios(r)
            agree(answer(logp, old, torch.tensor([[adv]]), mask, 0.2), torch.tensor(-adv * r))


@clip.claim("what stands at padding changes nothing")
def _(answer):
    g = torch.Generator().manual_seed(7)
    mask = of_lengths(2, 4, T=5)
    logp, old, adv = normal(g, 3, 2, 5, spread=0.3)
    other = [torch.where(mask, x, x + at) for x, at in ((logp, 5.0), (old, -3.0), (adv, 9.0))]
    before, after = answer.each((logp, old, adv, mask, 0.2), (*other, mask, 0.2))
    agree(after, before)
    ratio = (logp - old).exp()
    gain = torch.minimum(ratio * adv, ratio.clamp(0.8, 1.2) * adv)
    agree(before, -gain[mask].mean())


@clip.claim("good tokens below the clip are pulled up, and those beyond it no further")
def _(answer):
    logp, old, mask = of_ratios(0.5, 1.1, 1.7)
    (slopes,) = answer.gradients(logp, old, torch.tensor([[1.0, 2.0, 3.0]]), mask, 0.2, wrt=(0,))
    agree(slopes / slopes[0, 0], torch.tensor([[1.0, 2 * 1.1 / 0.5, 0.0]]))


clip.slip(
    "torch.minimum", "torch.maximum", name="max_for_min",
    seen="Where the ratio is close to 1 it is right. Of the two gains, is the larger or the smaller one "
    "promised?",
    why="The larger of the two gains is taken here. Then a token that goes too far is pushed on, and "
    "one that moved the wrong way is not pulled back. The smaller one promises nothing beyond the clip.",
)  # fmt: skip
clip.slip(
    "-torch.minimum", "torch.minimum", name="sign",
    seen="The size is right. An optimiser makes the loss small. What should grow?",
    why="This is the gain itself. An optimiser would make it small, and good tokens would become "
    "unlikely. The loss is minus the gain.",
)  # fmt: skip
clip.slip(
    "(logp - old_logp.detach())", "(old_logp.detach() - logp)", name="ratio_inverted",
    seen="Before the first step it is right. When a token has become likelier, is the ratio above 1?",
    why="The ratio is turned round here: old over new. It falls when a token becomes likelier, so good "
    "tokens are made unlikely.",
)  # fmt: skip
clip.slip(
    "torch.minimum(ratio * adv, clipped * adv)", "(ratio * adv)", name="no_clip",
    seen="Where the ratio is close to 1 it is right. What holds a token that went too far?",
    why="Nothing is clipped here. One token that has become ten times as likely then counts ten times, "
    "and the same batch can carry the model anywhere.",
)  # fmt: skip
clip.slip(
    "torch.minimum(ratio * adv, clipped * adv)", "(clipped * adv)", name="only_clipped",
    seen="Tokens that moved as they should are right. What pulls one back that moved the wrong way?",
    why="Only the clipped ratio is used here. A good token that has become unlikely lies beyond the clip "
    "and has no gradient any more: it is never brought back. That is what the minimum is for.",
)  # fmt: skip


@clip.misconception(
    seen="Where the ratio is close to 1 it is right. Is it the ratio that is clipped, or its logarithm?",
    why="The logarithm of the ratio is clipped to -eps and eps here. The limits then are exp(-eps) and "
    "exp(eps), and the lower one is not 1 - eps.",
)
def clip_log_ratio(logp, old_logp, adv, mask, eps):
    log_ratio, adv = (logp - old_logp)[mask], adv[mask].detach()
    clipped = log_ratio.clamp(-eps, eps).exp()
    return -torch.minimum(log_ratio.exp() * adv, clipped * adv).mean()


@clip.misconception(
    seen="Texts without padding are right. By how many tokens is the sum divided?",
    why="The sum is divided by all positions here, padding among them. A batch with much padding then "
    "makes small steps. Divide by the tokens of the mask.",
)
def mean_over_pads(logp, old_logp, adv, mask, eps):
    ratio, adv = (logp - old_logp).exp(), adv.detach()
    gain = torch.minimum(ratio * adv, ratio.clamp(1 - eps, 1 + eps) * adv)
    return -gain.where(mask, 0.0).mean()


@clip.misconception(
    seen="Texts of one length are right. Does a token of a short text count for more than one of a "
    "long text?",
    why="The mean of each text is taken first, then the mean of these, as in GRPO. A token of a short "
    "text then counts for more. Here all tokens of the batch count the same.",
    convention=True,
)
def each_text_alone(logp, old_logp, adv, mask, eps):
    ratio, adv = (logp - old_logp).where(mask, 0.0).exp(), adv.detach()
    gain = torch.minimum(ratio * adv, ratio.clamp(1 - eps, 1 + eps) * adv).where(mask, 0.0)
    return -(gain.sum(1) / mask.sum(1)).mean()


@clip.misconception(
    seen="Where nothing has moved the value is minus the mean log-probability. Where is the old model?",
    why="This is the loss of REINFORCE: log-probability times advantage. It has the right gradient at "
    "the first step, but it does not know how far the model has gone since the text was written.",
    convention=True,
)
def reinforce(logp, old_logp, adv, mask, eps):
    return -(logp * adv.detach())[mask].mean()


@clip.misconception(
    seen="Where all advantages are positive it is right. Which limit binds a bad token?",
    why="The ratio is only held below 1 + eps here. That stops good tokens, but a bad one may be made as "
    "unlikely as one likes. A bad token is stopped at 1 - eps.",
)
def only_above(logp, old_logp, adv, mask, eps):
    ratio, adv = (logp - old_logp)[mask].exp(), adv[mask].detach()
    return -torch.minimum(ratio * adv, ratio.clamp(max=1 + eps) * adv).mean()
