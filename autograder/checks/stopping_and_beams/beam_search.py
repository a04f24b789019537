"""Checks and misconceptions for `beam_search`."""

import itertools
import math

import torch

from autograder.exercise import Exercise
from autograder.exercise.lending import lend

EOS = 0


class Table:
    """A model whose answer depends on the last id alone, or on the whole text where `deep`."""

    def __init__(self, seed, size=6, deep=False, eos=0.0, spread=1.5):
        g = torch.Generator().manual_seed(seed)
        self.rows = spread * torch.randn(size, size, generator=g)
        self.mix = torch.randn(size, size, generator=g)
        self.rows[:, EOS] += eos
        self.deep = deep

    def __call__(self, ids):
        row = self.rows[ids[-1]]
        if self.deep:
            for age, token in enumerate(reversed(ids)):
                row = row + self.mix[token] / (1 + age) * 1.2
        return row.log_softmax(-1)


class Told:
    """A model with probabilities near the given ones after some texts; after all others it ends."""

    def __init__(self, after, size, seed=0):
        g = torch.Generator().manual_seed(seed)
        self.size = size
        self.after = {
            text: {token: share * (0.99 + 0.01 * float(torch.rand((), generator=g)))
                   for token, share in shares.items()}
            for text, shares in after.items()
        }  # fmt: skip

    def __call__(self, ids):
        shares = self.after.get(tuple(ids[1:]), {EOS: 0.97})
        left = (1 - sum(shares.values())) / (self.size - len(shares))
        return torch.tensor([shares.get(i, left * (1 + i / 99)) for i in range(self.size)]).log()


# greedy takes 1, whose best end is 0.5 * 0.3; a second beam keeps 2, with 0.4 * 0.9
GARDEN = {(): {1: 0.5, 2: 0.4}, (1,): {1: 0.3, 2: 0.28, 3: 0.26}, (2,): {3: 0.9},
          (2, 3): {EOS: 0.9}, (1, 1): {EOS: 0.9}}  # fmt: skip
# both of the best two come from 1
TWINS = {(): {1: 0.8, 2: 0.15}, (1,): {1: 0.45, 2: 0.4, 3: 0.1}, (2,): {3: 0.8},
         (1, 1): {3: 0.3, 2: 0.28}, (1, 2): {3: 0.95}, (1, 2, 3): {EOS: 0.9},
         (2, 3): {EOS: 0.5}}  # fmt: skip
# a short text ends early; a long one is better for each of its ids
LONG = {(): {EOS: 0.3, 1: 0.6}, (1,): {2: 0.8}, (1, 2): {3: 0.8}, (1, 2, 3): {EOS: 0.75}}
# the end is only second best at first, and would have been the best of all
MISSED = {(): {1: 0.5, EOS: 0.4}, (1,): {2: 0.5}, (1, 2): {3: 0.5}, (1, 2, 3): {EOS: 0.9}}
# an end is likeliest at first, and the other text is better for each of its ids
LATER = {(): {EOS: 0.5, 1: 0.4}, (1,): {EOS: 0.98}}
# an end is one of the best two, and the third begins the best text
THIRD = {(): {1: 0.4, EOS: 0.3, 2: 0.25}, (1,): {EOS: 0.26, 1: 0.25}, (2,): {EOS: 0.98}}
# the same, a step later: two tokens of one beam are needed
CHILD = {(): {1: 0.5, 2: 0.45}, (1,): {EOS: 0.85}, (2,): {3: 0.5, 1: 0.42}, (2, 1): {EOS: 0.98},
         (2, 3): {1: 0.3, 2: 0.28, 3: 0.22}}  # fmt: skip
# one has ended, and two must go on in the next step
BOTH = {(): {1: 0.8, EOS: 0.12}, (1,): {2: 0.5, 3: 0.45}, (1, 3): {EOS: 0.98},
        (1, 2): {1: 0.3, 2: 0.28, 3: 0.22}}  # fmt: skip
# both texts of the second step are likelier than the one that has ended
EARLY = {(): {1: 0.75, EOS: 0.15}, (1,): {2: 0.5, 3: 0.4}}


def searches(g):
    def seed():
        return int(torch.randint(10**6, (), generator=g))

    def prompt(n, size):
        return torch.randint(1, size, (n,), generator=g).tolist()

    def told(after, size):
        return lend(Told, after, size, seed())

    return {
        "there is one beam": (told(GARDEN, 5), prompt(1, 5), 1, 4, EOS, 0.0),
        "the second best beginning wins": (told(GARDEN, 5), prompt(1, 5), 2, 4, EOS, 0.0),
        "both beams come from one": (told(TWINS, 5), prompt(1, 5), 2, 5, EOS, 0.0),
        "without a length, the short text wins": (told(LONG, 5), prompt(1, 5), 2, 6, EOS, 0.0),
        "with one, the long text wins": (told(LONG, 5), prompt(1, 5), 2, 6, EOS, 2.0),
        "an end is not among the best": (told(MISSED, 5), prompt(1, 5), 1, 5, EOS, 0.0),
        "one beam meets an end, and goes on": (told(LATER, 4), prompt(1, 4), 1, 2, EOS, 1.0),
        "an end is the second best": (told(THIRD, 4), prompt(1, 4), 2, 2, EOS, 1.0),
        "an end is the best of the second step": (told(CHILD, 4), prompt(1, 4), 2, 3, EOS, 2.0),
        "two go on after an end": (told(BOTH, 4), prompt(1, 4), 2, 3, EOS, 0.0),
        "an early end is less likely than what follows": (
            told(EARLY, 4), prompt(1, 4), 2, 2, EOS, -1.0,
        ),
        "the prompt is an end mark": (told(GARDEN, 5), [EOS], 2, 4, EOS, 0.0),
        "there is a single step": (lend(Table, seed()), prompt(2, 6), 3, 1, EOS, 1.0),
        "the end never comes": (lend(Table, seed(), eos=-30.0), prompt(1, 6), 2, 4, EOS, 1.0),
        "the prompt is long": (
            lend(Table, seed(), 7, deep=True), prompt(6, 7), 3, 4, EOS, 1.0,
        ),
        "the probabilities depend on the whole text": (
            lend(Table, seed(), 8, deep=True, eos=0.7), prompt(2, 8), 4, 5, EOS, 0.6,
        ),
        "there are more beams than tokens": (
            lend(Table, seed(), 3, deep=True), prompt(2, 3), 5, 3, EOS, 0.8,
        ),
        "texts are wanted short": (
            lend(Table, seed(), 6, deep=True, eos=0.5), prompt(2, 6), 3, 4, EOS, -0.7,
        ),
    }  # fmt: skip


beams = Exercise(
    "stopping_and_beams.beam_search", fast_track=True,
    title="Following several texts", needs=("sequence_log_prob",),
    points=3, difficulty=3, minutes=40, examples=searches,
)  # fmt: skip


@beams.alternative
def with_tensors(logp_fn, prompt, W, max_new, eos, alpha):
    texts, sums = [list(prompt)], torch.zeros(1, dtype=torch.float64)
    best, top = None, -math.inf

    def offered(text, total):
        nonlocal best, top
        score = total / (len(text) - len(prompt)) ** alpha
        if score > top:
            best, top = text, score

    for _ in range(max_new):
        every = torch.stack([logp_fn(text).double() for text in texts]) + sums[:, None]
        V = every.shape[1]
        order = every.flatten().argsort(descending=True).tolist()
        grown = [([*texts[i // V], i % V], every.flatten()[i].item()) for i in order]
        for text, total in grown[:W]:
            if text[-1] == eos:
                offered(text, total)
        alive = [each for each in grown if each[0][-1] != eos][:W]
        texts = [text for text, _ in alive]
        sums = torch.tensor([total for _, total in alive], dtype=torch.float64)
    for text, total in zip(texts, sums.tolist(), strict=True):
        offered(text, total)
    return best, top


def certain(after):
    return lend(Told, after, 5)


@beams.claim("with as many beams as there are texts, nothing better exists")
def _(answer):
    for seed in range(4):
        model = Table(seed, 4, deep=True)
        ids, _ = answer(lend(Table, seed, 4, deep=True), [2], 200, 3, EOS, 0.0)
        ends = []

        def grow(text, total, model=model, ends=ends):
            if len(text) > 1 and (text[-1] == EOS or len(text) == 4):
                ends.append((total, text))
                return
            for token, logp in enumerate(model(text).tolist()):
                grow([*text, token], total + logp)

        grow([2], 0.0)
        found, best = ([i for i in text if i != EOS] for text in (ids, max(ends)[1]))
        assert found in (best, best[1:])  # whether it begins with the prompt is not asked here


@beams.claim("where nothing ends, a single beam always takes the likeliest token")
def _(answer):
    for seed in range(3):
        model = Table(seed, 6, eos=-30.0)
        ids, _ = answer(lend(Table, seed, 6, eos=-30.0), [3], 1, 4, EOS, 1.0)
        assert len(ids) > 2
        for last, token in itertools.pairwise(ids):
            assert token == int(model([last]).argmax())


@beams.claim(
    "the score is the sum of the new ids' log-probabilities over their number to the alpha"
)
def _(answer):
    for alpha in (0.0, 0.6, 1.0):
        ids, score = answer(certain(LONG), [2], 2, 6, EOS, alpha)
        new = ids[1:] if ids[0] == 2 else ids
        model, total = Told(LONG, 5), 0.0
        for i, token in enumerate(new):
            total += float(model([2, *new[:i]])[token])
        assert math.isclose(score, total / len(new) ** alpha, abs_tol=1e-4)


beams.slip(
    "total + logp, [*new", "logp, [*new", name="last_score_only",
    seen="One step is right. Which number ranks a text of three new ids?",
    why="A text is ranked by its last id's log-probability alone here. The sum of all of them is what "
    "counts.",
)  # fmt: skip
beams.slip(
    "len(beam[1]) ** alpha", "(len(prompt) + len(beam[1])) ** alpha", name="norm_total_length",
    seen="The right texts are compared. Of which ids is the number that the sum is divided by?",
    why="The prompt's ids are counted here. All texts share them, and the sum has nothing of them: "
    "count the new ids.",
)  # fmt: skip
beams.slip(
    "        finished += [beam for beam in grown[:W] if beam[1][-1] == eos]\n"
    "        live = [beam for beam in grown if beam[1][-1] != eos][:W]\n",
    "        live = grown[:W]\n", name="finished_keep_growing",
    seen="What is written after the end mark?",
    why="Texts that have ended are extended here like all others. An end mark finishes a text: it is "
    "put aside, and the others go on.",
)  # fmt: skip
beams.slip(
    "        live = [beam for beam in grown if beam[1][-1] != eos][:W]\n",
    "        live = [beam for beam in grown if beam[1][-1] != eos][:W]\n"
    "        if finished:\n            break\n", name="first_eos_ends",
    seen="One text has ended. Could another one still be better?",
    why="The search ends with the first text that ends here. With a length in the score, a longer text "
    "can still win: go on for all `max_new` steps.",
)  # fmt: skip
beams.slip(
    "in grown[:W] if", "in grown if", name="all_ends_kept",
    seen="Which of the ended texts are kept?",
    why="Texts that end are kept here although W others of their step are likelier. Such a text is "
    "finished only if it is among the best W of its step.",
)  # fmt: skip
beams.slip(
    "max(finished + live, key=score)", "max(finished or live, key=score)", name="unfinished_dropped",
    seen="What happens to the beams that have not ended after the last step?",
    why="Beams without an end mark count only if nothing has ended here. After the last step they "
    "count like the others.",
)  # fmt: skip
beams.slip(
    "max(finished + live, key=score)", "max(finished + live)", name="best_sum",
    seen="The score is right. By what is the best text chosen?",
    why="The best text is chosen by its sum here, not by its score.",
)  # fmt: skip
beams.slip(
    "/ len(beam[1]) ** alpha", "* len(beam[1]) ** alpha", name="multiplied",
    seen="A sum of log-probabilities is negative. What does a long text gain by this factor?",
    why="The sum is multiplied by the length here, and long texts lose twice. It is divided.",
)  # fmt: skip
beams.slip(
    "/ len(beam[1]) ** alpha", "/ (len(beam[1]) * alpha if alpha else 1)", name="times_alpha",
    seen="What is the length raised to?",
    why="The sum is divided by the length *times* alpha here. It is the length to the power of alpha.",
)  # fmt: skip
beams.excuse("grown.sort(key=lambda beam: beam[0], reverse=True)", "nothing ties")
