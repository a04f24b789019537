"""Checks and misconceptions for `apply_penalties`."""

import torch

from autograder.checks.sampling import GONE
from autograder.exercise import Exercise, agree


def texts(g):
    def draw(*shape):
        return 2 * torch.randn(*shape, generator=g)

    def ids(*rows):
        return torch.tensor(rows)

    none = torch.zeros(1, 0, dtype=torch.long)
    signs = draw(1, 6).abs() + 0.3
    signs[0, torch.randperm(6, generator=g)[:3]] *= -1
    cut = draw(1, 5)
    cut[0, 2] = GONE
    return {
        "only presence counts": (draw(1, 5), ids([0]), ids([3, 3, 1]), 0.7, 0.0, 1.0),
        "only frequency counts": (draw(1, 5), ids([2]), ids([4, 1, 4, 4]), 0.0, 0.4, 1.0),
        "only repetition counts, and logits have both signs": (
            signs, ids([0, 1, 2]), ids([2, 3, 4, 5]), 0.0, 0.0, 1.3,
        ),
        "a token stands in the prompt several times": (
            draw(1, 6), ids([4, 2, 4, 4, 2]), ids([1]), 0.3, 0.2, 1.5,
        ),
        "nothing is written yet": (draw(1, 4), ids([3, 1, 3]), none, 0.5, 0.3, 1.2),
        "the prompt is empty": (draw(1, 4), none, ids([0, 2, 2]), 0.5, 0.25, 1.2),
        "all three count, in a batch": (
            draw(3, 7), torch.randint(4, (3, 2), generator=g),
            torch.randint(2, 7, (3, 5), generator=g), 0.6, 0.35, 1.4,
        ),
        "repetition is wanted: all three are turned round": (
            draw(2, 6), ids([0, 1, 1], [5, 3, 5]), ids([2, 1], [5, 0]), -0.5, -0.2, 0.7,
        ),
        "a token was forbidden before": (cut, ids([2, 0]), ids([2, 2, 4]), 0.5, 0.5, 1.2),
        "nothing is to change": (draw(2, 5), ids([0], [3]), ids([4, 4], [1, 0]), 0.0, 0.0, 1.0),
    }  # fmt: skip


fines = Exercise(
    "sampling.apply_penalties",
    title="Penalties for what was there before",
    points=3, difficulty=2, minutes=20, examples=texts,
)  # fmt: skip
fines.leave_out("one V", "the ids need a vocabulary that they fit into")
fines.leave_out("two", "the ids need a vocabulary that they fit into")
fines.excuse("detach", "gradients are not asked for where the reference has none")
fines.excuse("scatter", "there are two axes: the last one is number 1 as well")
fines.excuse("logits > 0", "a logit of 0 is 0 after a product and after a division")


@fines.oracle("transformers.RepetitionPenaltyLogitsProcessor; presence and frequency by a Counter")
def _(logits, prompt_ids, output_ids, presence, frequency, repetition):
    from collections import Counter

    from transformers import RepetitionPenaltyLogitsProcessor

    both = torch.cat([prompt_ids, output_ids], dim=-1)
    done = RepetitionPenaltyLogitsProcessor(float(repetition))(both, logits)
    fine = torch.zeros_like(logits)
    for row, written in enumerate(output_ids.tolist()):
        for token, times in Counter(written).items():
            fine[row, token] = presence + frequency * times
    return done - fine


NONE = torch.zeros(1, 0, dtype=torch.long)


@fines.claim(
    "a repetition penalty above 1 makes a token less likely, whatever the sign of its logit"
)
def _(answer):
    logits = torch.tensor([[2.0, 1.0, -1.0, -2.0, 0.5]])
    for token in range(4):
        for given in ((torch.tensor([[token]]), NONE), (NONE, torch.tensor([[token]]))):
            before = logits.softmax(-1)[0, token]
            after = answer(logits, *given, 0.0, 0.0, 1.5).softmax(-1)[0, token]
            assert 0.2 * before < after < before - 1e-3


@fines.claim("presence is paid once, however often a token was written")
def _(answer):
    logits = torch.randn(1, 5)
    once, often = torch.tensor([[3]]), torch.tensor([[3, 3, 3, 3]])
    paid = answer(logits, NONE, often, 0.8, 0.0, 1.0)
    agree(paid, answer(logits, NONE, once, 0.8, 0.0, 1.0))
    agree(logits[0, 3] - paid[0, 3], torch.tensor(0.8))
    agree(paid[0, :3], logits[0, :3])


@fines.claim("frequency is paid each time a token was written")
def _(answer):
    logits = torch.randn(1, 6)
    written = torch.tensor([[1, 4, 1, 1, 4]])
    paid = logits - answer(logits, NONE, written, 0.0, 0.3, 1.0)
    agree(paid, torch.tensor([[0.0, 0.9, 0.0, 0.0, 0.6, 0.0]]))


@fines.claim("what only the prompt says costs neither presence nor frequency")
def _(answer):
    logits = torch.randn(1, 6)
    asked, written = torch.tensor([[0, 2, 2]]), torch.tensor([[2, 5]])
    done = answer(logits, asked, written, 0.5, 0.25, 1.0)
    agree(done, answer(logits, NONE, written, 0.5, 0.25, 1.0))
    agree((logits - done)[0, [0, 2, 5]], torch.tensor([0.0, 0.75, 0.75]))


fines.slip(
    "torch.where(logits > 0, logits / repetition, logits * repetition)", "logits / repetition",
    name="divides_negative",
    seen="Where logits are positive it is right. What is -4 divided by 2: more or less likely?",
    why="Every logit is divided here. A negative one comes closer to 0 by that, so the penalty *rewards* "
    "repetition. Negative logits are multiplied. The library had this mistake, too, until somebody "
    "noticed.",
)  # fmt: skip
fines.slip(
    "logits / repetition, logits * repetition", "logits * repetition, logits / repetition",
    name="upside_down",
    seen="Seen tokens become more likely. Should a penalty above 1 do that?",
    why="Positive logits are multiplied here and negative ones divided: all seen tokens move up. It is "
    "the other way round.",
)  # fmt: skip
fines.slip(
    "presence * counts.clamp(max=1)", "presence * counts", name="presence_counts",
    seen="A token that was written once is right. Is presence about how often?",
    why="Presence is multiplied by the count, which is what frequency does. Presence is paid once.",
)  # fmt: skip
fines.slip(
    "frequency * counts -", "frequency * counts.clamp(max=1) -", name="frequency_once",
    seen="A token that was written once is right. What does the second time cost?",
    why="Frequency is paid once here, which is what presence does. Frequency is paid for each time. "
    "`counts[rows, ids] += 1` counts once as well: it reads and writes each place once. `scatter_add` "
    "counts all.",
)  # fmt: skip
fines.slip(
    "(counts > 0).scatter(-1, prompt_ids, True)", "counts > 0", name="repetition_of_the_output",
    seen="Tokens of the output are right. Does repetition know the prompt?",
    why="Repetition looks at the output alone here. It is the one of the three that looks at the prompt, "
    "too: there, `transformers` sees one text and does not know where the prompt ends.",
    convention=True,
)  # fmt: skip
fines.slip(
    "scatter_add(-1, output_ids, logits.new_ones(output_ids.shape))",
    "scatter_add(-1, torch.cat([prompt_ids, output_ids], -1), "
    "logits.new_ones(*output_ids.shape[:-1], prompt_ids.shape[-1] + output_ids.shape[-1]))",
    name="prompt_included",
    seen="Tokens that only the prompt has lose too much. Who wrote them?",
    why="Presence and frequency count the prompt here as well. They are about what the model has written "
    "itself: only the output counts.",
)  # fmt: skip
fines.slip(
    "logits - frequency * counts - presence", "logits + frequency * counts + presence",
    name="added",
    seen="Which way do written tokens move?",
    why="Presence and frequency are added here: what was written becomes more likely. A penalty is taken "
    "away.",
)  # fmt: skip


def counted(logits, ids):
    return torch.zeros_like(logits).scatter_add(-1, ids, logits.new_ones(ids.shape))


@fines.misconception(
    seen="A token that was seen once is right. How often is repetition applied to one that was seen "
    "twice?",
    why="Repetition is applied once for each time that a token is there. It is applied once for each "
    "token, however often it is there. Let a set of tokens pay, not a list.",
)
def per_occurrence(logits, prompt_ids, output_ids, presence, frequency, repetition):
    times = counted(logits, prompt_ids) + counted(logits, output_ids)
    factor = repetition**times
    logits = torch.where(logits > 0, logits / factor, logits * factor)
    written = counted(logits, output_ids)
    return logits - frequency * written - presence * written.clamp(max=1)


@fines.misconception(
    seen="One penalty at a time is right. In which order do they come?",
    why="Repetition comes last here, and multiplies what the others have taken away. It comes first.",
)
def repetition_last(logits, prompt_ids, output_ids, presence, frequency, repetition):
    written = counted(logits, output_ids)
    seen = (written + counted(logits, prompt_ids)) > 0
    logits = logits - frequency * written - presence * written.clamp(max=1)
    return torch.where(
        seen, torch.where(logits > 0, logits / repetition, logits * repetition), logits
    )


@fines.misconception(
    seen="Is it logits or probabilities that pay?",
    why="A softmax comes first here, and probabilities pay. They can then fall below 0 and do not sum to "
    "1. Penalties work on logits, before any softmax.",
)
def on_probabilities(logits, prompt_ids, output_ids, presence, frequency, repetition):
    written = counted(logits, output_ids)
    seen = (written + counted(logits, prompt_ids)) > 0
    probs = logits.softmax(-1)
    probs = torch.where(seen, probs / repetition, probs)
    return probs - frequency * written - presence * written.clamp(max=1)


@fines.misconception(
    seen="With one row it is right. Whose tokens does each row pay for?",
    why="Every row pays for the tokens of all rows here. A row is a text of its own, and pays for its "
    "own tokens. `logits[:, ids]` mixes them; `gather` and `scatter` go row by row.",
)
def rows_mixed(logits, prompt_ids, output_ids, presence, frequency, repetition):
    def of_all(ids):
        return ids.reshape(1, -1).expand(len(logits), -1)

    written = counted(logits, of_all(output_ids))
    seen = (written + counted(logits, of_all(prompt_ids))) > 0
    repeated = torch.where(logits > 0, logits / repetition, logits * repetition)
    return (
        torch.where(seen, repeated, logits)
        - frequency * written - presence * written.clamp(max=1)
    )  # fmt: skip


@fines.alternative
def token_by_token(logits, prompt_ids, output_ids, presence, frequency, repetition):
    rows = []
    for row, asked, written in zip(logits, prompt_ids.tolist(), output_ids.tolist(), strict=True):
        new = list(row)
        for token in set(asked + written):
            new[token] = new[token] / repetition if new[token] > 0 else new[token] * repetition
        for token in set(written):
            new[token] = new[token] - presence - frequency * written.count(token)
        rows.append(torch.stack(new))
    return torch.stack(rows)


@fines.alternative
def by_one_hots(logits, prompt_ids, output_ids, presence, frequency, repetition):
    V = logits.shape[-1]
    written = torch.nn.functional.one_hot(output_ids, V).sum(1).to(logits.dtype)
    asked = torch.nn.functional.one_hot(prompt_ids, V).sum(1)
    factor = torch.where((written + asked) > 0, repetition, 1.0).to(logits.dtype)
    done = torch.where(logits < 0, logits * factor, logits / factor)
    return done - presence * (written > 0).to(logits.dtype) - frequency * written
