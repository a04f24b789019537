"""Misconceptions about `adamw_step`."""

from autograder.checks.optimisation.adamw_step import adamw

adamw.slip(
    'm = state["m"] / (1 - beta1 ** state["t"])\n    v = state["v"] / (1 - beta2 ** state["t"])',
    'm = state["m"] / (1 - beta1 ** (state["t"] - 1))\n'
    '    v = state["v"] / (1 - beta2 ** (state["t"] - 1))',
    name="t_off_by_one",
    seen="The means are right. With which t are they corrected? Try beta to the power of 0.",
    why="The means are corrected with the t of *before* the step. In the first step this is 0, and "
    "1 - beta⁰ is 0: a division by nothing. Count the step first: the first one has t = 1.",
)  # fmt: skip
adamw.slip(
    "(v.sqrt() + eps)", "(v + eps).sqrt()", name="eps_in_sqrt",
    seen="With gradients far larger than epsilon it is right. What is the root of epsilon?",
    why="Epsilon is below the root here, as in a layer norm. The root of 1e-8 is 1e-4, so every "
    "gradient below that makes a far smaller step. AdamW adds epsilon to the root.",
    convention=True,
)  # fmt: skip
adamw.slip(
    "- lr * wd * p", "- wd * p", name="wd_without_lr",
    seen="Without decay it is right. By how much does a weight of 1 shrink in a step, if lr = 0.1 "
    "and wd = 0.5?",
    why="The decay is not multiplied by lr. The paper has it so, with a schedule's factor in place of "
    "lr. Here it is as in `torch.optim`, where wd = 0.1 takes lr · 0.1 of a weight.",
    convention=True,
)  # fmt: skip
adamw.slip(
    "beta1, beta2 = betas", "beta2, beta1 = betas", name="betas_swapped",
    seen="Which beta belongs to m, and which to v?",
    why="The two betas have changed places. The first belongs to the gradients and the second, which "
    "is closer to 1, to their squares: the size of a step should change slowly.",
)  # fmt: skip
adamw.slip(
    "v.sqrt()", "v", name="no_root",
    seen="`v` is a mean of squares. What do you do to a mean of squares to get a usual size?",
    why="This divides by the mean square itself. Only its root is as large as a gradient, so that in "
    "the quotient the size of the gradients cancels.",
)  # fmt: skip


def means(g, state, betas):
    """The two means and the number of the step, brought up to date."""
    state["t"] += 1
    for name, beta, new in (("m", betas[0], g), ("v", betas[1], g**2)):
        state[name] = beta * state[name] + (1 - beta) * new
    return state["m"], state["v"], state["t"]


adamw.slip(
    'm = state["m"] / (1 - beta1 ** state["t"])', 'm = state["m"]', name="only_v_corrected",
    seen="v is corrected for the zero it began with. Did m begin otherwise?",
    why="Only v is corrected here. m began at 0 as well, so in the first steps it is too small by "
    "1 - beta^t, with its own beta.",
)  # fmt: skip
adamw.slip(
    'v = state["v"] / (1 - beta2 ** state["t"])', 'v = state["v"]', name="only_m_corrected",
    seen="m is corrected for the zero it began with. Did v begin otherwise?",
    why="Only m is corrected here. v began at 0 as well, so in the first steps its root is too small "
    "and the steps are too long.",
)  # fmt: skip
adamw.slip(
    'v = state["v"] / (1 - beta2 ** state["t"])', 'v = state["v"] / (1 - beta1 ** state["t"])',
    name="v_with_the_other_beta",
    seen="m is right. Which share does the zero still have in v?",
    why="v is corrected with the beta of m. Each mean forgets its zero at its own pace.",
)  # fmt: skip


@adamw.misconception(
    seen="With a beta of 0.5 this would be right. Which share of m is kept, and which is new?",
    why="Each mean keeps 1 - beta of itself here and takes beta of what is new. It is the other way "
    "round: a beta of 0.9 keeps nine tenths.",
)
def shares_swapped(p, g, state, lr, betas, eps, wd):
    state["t"] += 1
    for name, beta, new in (("m", betas[0], g), ("v", betas[1], g**2)):
        state[name] = (1 - beta) * state[name] + beta * new
    m, v = (state[n] / (1 - b ** state["t"]) for n, b in zip("mv", betas, strict=True))
    return p - lr * m / (v.sqrt() + eps) - lr * wd * p


@adamw.misconception(
    seen="The first step is right. With which t is the next one corrected?",
    why="The means are corrected with the t of *before* the step, and with 1 where that is 0. So the "
    "second step is corrected like the first. Count the step first.",
)
def the_old_t_or_1(p, g, state, lr, betas, eps, wd):
    m, v, t = means(g, state, betas)
    t = max(t - 1, 1)
    return (
        p - lr * (m / (1 - betas[0] ** t)) / ((v / (1 - betas[1] ** t)).sqrt() + eps) - lr * wd * p
    )


@adamw.misconception(
    seen="Without decay it is right. Whose size does the decay get divided by?",
    why="The decay is added to the gradient here, as `torch.optim.Adam` does it. So it goes through "
    "the means and is divided by the size of the gradients: a weight with large gradients hardly "
    "decays. The W of AdamW takes it out of there: lr · wd · p is taken away apart from the step.",
    convention=True,
)
def l2_coupled(p, g, state, lr, betas, eps, wd):
    m, v, t = means(g + wd * p, state, betas)
    return p - lr * (m / (1 - betas[0] ** t)) / ((v / (1 - betas[1] ** t)).sqrt() + eps)


@adamw.misconception(
    seen="After many steps it is nearly right, at first it is not. What is a mean that began at 0?",
    why="The means are used as they are. They begin at zeros, and in the first steps they are mostly "
    "that. Dividing by 1 - beta^t makes up for it.",
)
def no_correction(p, g, state, lr, betas, eps, wd):
    m, v, _ = means(g, state, betas)
    return p - lr * m / (v.sqrt() + eps) - lr * wd * p


@adamw.misconception(
    seen="With a small epsilon it is right. To which root is epsilon added, the corrected one or the "
    "other?",
    why="The two corrections are put into the learning rate here, as at the end of section 2 of the "
    "paper on Adam, and epsilon meets the root that is not corrected yet. Correct the means first.",
    convention=True,
)
def corrected_in_the_rate(p, g, state, lr, betas, eps, wd):
    m, v, t = means(g, state, betas)
    rate = lr * (1 - betas[1] ** t) ** 0.5 / (1 - betas[0] ** t)
    return p - rate * m / (v.sqrt() + eps) - lr * wd * p


@adamw.misconception(
    seen="This step is right. What will the next one find in `state`?",
    why="The corrected means went into `state`. The next step would correct them again. `state` keeps "
    "the running means, and what is divided by 1 - beta^t is used and thrown away.",
)
def keeps_corrected(p, g, state, lr, betas, eps, wd):
    m, v, t = means(g, state, betas)
    state["m"], state["v"] = m / (1 - betas[0] ** t), v / (1 - betas[1] ** t)
    return p - lr * state["m"] / (state["v"].sqrt() + eps) - lr * wd * p


@adamw.misconception(
    seen="This step is right. What will the next one find in `state`?",
    why="`state` is as it was: the means and t went into variables that end with the call. Without "
    "a memory every step is a first step. Put them back into `state`.",
)
def forgets(p, g, state, lr, betas, eps, wd):
    m, v, t = means(g, dict(state), betas)
    return (
        p - lr * (m / (1 - betas[0] ** t)) / ((v / (1 - betas[1] ** t)).sqrt() + eps) - lr * wd * p
    )


@adamw.misconception(
    seen="Without decay it is right. Does a weight decay from where it was, or from where it goes?",
    why="The decay comes after the step here and also shrinks the step itself. It is lr · wd of the p "
    "that came in.",
)
def decays_afterwards(p, g, state, lr, betas, eps, wd):
    m, v, t = means(g, state, betas)
    new = p - lr * (m / (1 - betas[0] ** t)) / ((v / (1 - betas[1] ** t)).sqrt() + eps)
    return new * (1 - lr * wd)


@adamw.misconception(
    seen="A step of this goes down the slope. Does it know how large the gradients mostly are?",
    why="This is plain gradient descent, p - lr · g. AdamW steps by a mean of the gradients, divided by "
    "their usual size.",
)
def sgd(p, g, state, lr, betas, eps, wd):
    state["t"] += 1
    return p - lr * g - lr * wd * p
