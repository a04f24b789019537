"""More misconceptions about `sample_token`."""

from autograder.checks.sampling import left
from autograder.checks.sampling.sample_token import draw_one, drawn, shaped


@draw_one.misconception(
    seen="Which token has the place that was found?",
    why="This is a place in the row as it was sorted, and not an id. Add up in the order of ids: then "
    "the place is the id.",
)
def place_in_the_sorted_row(logits, cfg, u):
    return drawn(shaped(logits, cfg).sort(-1, descending=True).values, u)


@draw_one.misconception(
    seen="What is added up, logits or probabilities?",
    why="Logits are added up here and compared with u. Take the softmax first.",
)
def sums_of_logits(logits, cfg, u):
    sums = shaped(logits, cfg).cumsum(-1)
    return (sums <= u[:, None]).sum(-1).clamp(max=logits.shape[-1] - 1)


@draw_one.misconception(
    seen="The token is one too early. Which sum is the first to exceed u?",
    why="This is the last token whose sum does not exceed u yet. The next one is wanted, with which the "
    "sum exceeds u.",
)
def one_too_early(logits, cfg, u):
    return (drawn(shaped(logits, cfg), u) - 1).clamp(min=0)


@draw_one.misconception(
    seen="With every other temperature it is right. Is 0 a temperature, or no temperature?",
    why="A temperature of 0 is not used here, as if it were not among the settings. "
    "`if cfg.get('temperature')` asks for the truth of the number, and 0 counts as false. "
    "`if 'temperature' in cfg` asks whether it is there.",
)
def zero_is_no_temperature(logits, cfg, u):
    if cfg.get("temperature") == 0:
        cfg = {name: cfg[name] for name in cfg if name != "temperature"}
    return drawn(shaped(logits, cfg), u)


@draw_one.misconception(
    seen="With one setting at a time it is right. When do the penalties come?",
    why="The penalties come last here, after the temperature and the filters. Then a token that was cut "
    "stays cut, whatever the others pay, and the penalties weigh the same at every temperature. In the "
    "task they come first.",
)
def penalties_last(logits, cfg, u):
    return drawn(shaped(logits, cfg, ("temperature", "top_k", "top_p", "penalties")), u)


@draw_one.misconception(
    seen="The tokens are right. What is the shape of one token for each row?",
    why="This gives a column, (B, 1), as `torch.multinomial` does. The task wants (B,), one number for "
    "each row.",
    convention=True,
)
def a_column(logits, cfg, u):
    return drawn(shaped(logits, cfg), u)[:, None]


@draw_one.misconception(
    seen="Nearly always it is right. What does `argmax` give if rounded sums never exceed u?",
    why="The first token whose sum exceeds u is looked for with `argmax` here. Rounded sums may end a "
    "little below 1, and where none exceeds u `argmax` gives 0, a token that may have been cut. "
    "Multiply u by the last sum.",
)
def back_to_the_first(logits, cfg, u):
    return (shaped(logits, cfg).softmax(-1).cumsum(-1) > u[:, None]).int().argmax(-1)


@draw_one.misconception(
    seen="Nearly always it is right. If rounded sums never exceed u, was the last token cut?",
    why="Where rounded sums never exceed u, the last token of the vocabulary is drawn here, even if it "
    "was cut. Multiply u by the last sum: then it is the last token that is left.",
)
def clamped_to_the_last(logits, cfg, u):
    sums = shaped(logits, cfg).softmax(-1).cumsum(-1)
    return (sums <= u[:, None]).sum(-1).clamp(max=logits.shape[-1] - 1)


@draw_one.misconception(
    seen="With at most 50 tokens it is right. What is done if `cfg` does not name `top_k`?",
    why="Where `top_k` is not named, 50 tokens are left here. That is what `generate` does. In the task "
    "a step that is not named is not done.",
    convention=True,
)
def fifty_by_default(logits, cfg, u):
    return drawn(shaped(logits, {"top_k": 50, **cfg}), u)


@draw_one.misconception(
    seen="Without filters it is right. What do the probabilities that are left sum to?",
    why="Tokens that were cut got the probability 0, but the others were not shared out anew. A u may "
    "then exceed all of their sums, and the id is V, which no token has. A softmax *after* the filters "
    "divides by what is left.",
)
def not_shared_out_and_beyond(logits, cfg, u):
    cut = shaped(logits, cfg)
    base = shaped(logits, {name: cfg[name] for name in cfg if name not in ("top_k", "top_p")})
    return ((base.softmax(-1) * left(cut)).cumsum(-1) <= u[:, None]).sum(-1)
