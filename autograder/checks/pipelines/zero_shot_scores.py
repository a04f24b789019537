"""Checks and misconceptions for `zero_shot_scores`."""

import torch

from autograder.exercise import Exercise, agree, differ


def hypotheses(g):
    def draw(labels, entail, contra, many):
        rows = torch.randn(labels, 3, generator=g).clamp(-1.5, 1.5) / 2
        rows[:, entail] += torch.linspace(-1, 1, labels)  # no two labels alike
        return rows, entail, contra, many

    return {
        "two labels compete": draw(2, 2, 0, False),
        "three labels are judged one by one": draw(3, 2, 0, True),
        "five labels compete and entailment comes first": draw(5, 0, 2, False),
        "four labels are judged and entailment comes first": draw(4, 0, 2, True),
        "entailment is the middle column": draw(6, 1, 2, True),
        "contradiction is the middle column": draw(4, 0, 1, True),
        "there is one label and multi_label is False": draw(1, 2, 0, False),
        "there is one label and multi_label is True": draw(1, 1, 0, True),
    }


zero_shot = Exercise(
    "pipelines.zero_shot_scores",
    title="Labels that the model was never trained on", needs=("classify_text",),
    points=2, difficulty=2, minutes=15, examples=hypotheses,
)  # fmt: skip


zero_shot.excuse("return nli_logits[:, entail].softmax(dim=0)", "of one axis, -1 is 0")


@zero_shot.probe  # nothing is trained here: gradients, which nearly cancel, are not compared
def _(answer, *args):
    return answer(*args)


@zero_shot.claim("the logits are as they were", universal=True)
def _(answer):
    agree(answer.after(MIXED, 2, 0, True)[0], MIXED)


@zero_shot.oracle("transformers.ZeroShotClassificationPipeline.postprocess")
def _(nli_logits, entail, contra, multi_label):
    from types import SimpleNamespace

    from transformers import ZeroShotClassificationPipeline

    names = {"contradiction": 0, "neutral": 1, "entailment": 2}  # where the library looks
    judge = object.__new__(ZeroShotClassificationPipeline)
    judge.model = SimpleNamespace(config=SimpleNamespace(label2id=names))
    rows = nli_logits[:, [contra, 3 - entail - contra, entail]]
    told = [{"candidate_label": i, "sequence": "", "logits": row[None]}
            for i, row in enumerate(rows)]  # fmt: skip
    found = judge.postprocess(told, multi_label=multi_label)
    return torch.tensor([found["scores"][found["labels"].index(i)] for i in range(len(rows))])


# contradiction, neutral, entailment
MIXED = torch.tensor([[1.0, 0.5, 2.0], [0.2, 0.9, -0.4], [-0.6, 0.1, 0.3], [0.8, -0.3, 1.1]])


def heard(answer, many):
    """The scores of labels that score differently, and keep their scores in another order."""
    scores = answer(MIXED, 2, 0, many)
    agree(answer(MIXED.flip(0), 2, 0, many), scores.flip(0))
    differ(scores, scores.flip(0))
    return scores


@zero_shot.claim("the scores of competing labels sum to 1")
def _(answer):
    agree(heard(answer, False).sum(), torch.tensor(1.0))


@zero_shot.claim("with multi_label a label's score does not depend on the other labels")
def _(answer):
    scores = answer(MIXED, 2, 0, True)
    assert scores.shape == (4,)
    assert 0.05 < scores.min() < scores.max() < 0.95
    agree(answer(MIXED[:2], 2, 0, True), scores[:2])
    differ(scores[:2], scores[2:])


@zero_shot.claim("how neutral a hypothesis is plays no part")
def _(answer):
    other = MIXED + torch.tensor([0.0, 1.0, 0.0]) * torch.arange(4.0)[:, None]
    for many in (False, True):
        agree(answer(other, 2, 0, many), heard(answer, many))
        agree(answer(other[1:2], 2, 0, many), answer(MIXED[1:2], 2, 0, many))


@zero_shot.claim("with multi_label as much entailment as contradiction gives one half")
def _(answer):
    even = torch.tensor([[0.7, 0.0, 0.7], [-1.2, 0.5, -1.2], [1.0, 0.0, 2.0]])
    scores = answer(even, 2, 0, True)
    agree(scores[:2], torch.tensor([0.5, 0.5]))
    assert scores[2] > 0.6


@zero_shot.claim("the columns may come in any order")
def _(answer):
    for many in (False, True):
        agree(answer(MIXED[:, [2, 0, 1]], 0, 1, many), heard(answer, many))


@zero_shot.claim("a label alone does not score 1 merely for being alone")
def _(answer):
    for row in MIXED[:, None]:
        alone = answer(row, 2, 0, False)
        agree(alone, answer(row, 2, 0, True))
        assert 0.01 < alone.item() < 0.99


zero_shot.slip(
    "nli_logits[:, entail].softmax", "nli_logits[:, 0].softmax", name="entail_id_fixed_0",
    seen="Right where entailment comes first. Which column says entailment?",
    why="Column 0 was taken for entailment. Every model has an order of its own; `entail` says "
    "which column it is.",
)  # fmt: skip
zero_shot.slip(
    "[contra, entail]].softmax(dim=1)[:, 1]", "[entail, contra]].softmax(dim=1)[:, 1]",
    name="polarity",
    seen="The label that fits best scores lowest. Of which of the two is this the share?",
    why="This is the share of contradiction. Take that of entailment.",
)  # fmt: skip
zero_shot.slip(
    "nli_logits[:, [contra, entail]].softmax(dim=1)[:, 1]",
    "nli_logits.softmax(dim=1)[:, entail]", name="neutral_included",
    seen="One by one, the scores are too low, the more so the more neutral the hypothesis. Between "
    "which two does a label decide?",
    why="The softmax ran over all three columns. Neutral is left out: entailment against "
    "contradiction.",
)  # fmt: skip
zero_shot.slip(
    "nli_logits[:, [contra, entail]].softmax(dim=1)[:, 1]", "nli_logits[:, entail].sigmoid()",
    name="sigmoid_of_entailment",
    seen="One by one, is the score of a label free of what the model says against it?",
    why="A sigmoid of the entailment logit looks at one number, but a logit means something only "
    "beside the others of its row. Compare it with contradiction, by a softmax of the two.",
)  # fmt: skip
zero_shot.slip(
    "[contra, entail]].softmax(dim=1)[:, 1]", "[entail, contra]].softmax(dim=1)",
    name="both_columns",
    seen="One by one, two numbers come back for each label. Which of them is its score?",
    why="This is the softmax of entailment and contradiction with both of its columns. The score is "
    "the share of entailment alone.",
)  # fmt: skip
zero_shot.slip(
    "[:, [contra, entail]].softmax(dim=1)", "[:, [contra, entail]].softmax(dim=0)",
    name="multi_over_labels",
    seen="With multi_label, scores change with the other labels. Who competes with whom there?",
    why="These are the numbers of a softmax down the labels, whatever `multi_label` says. With it, "
    "and where a label is alone, a label's score is the share of entailment in a softmax of its own "
    "entailment and contradiction.",
)  # fmt: skip
zero_shot.slip(
    " or len(nli_logits) == 1", "", name="alone_is_certain",
    seen="One label alone always scores 1. With whom does it compete?",
    why="The softmax of a single number is 1, whatever the number. A label alone is judged as with "
    "`multi_label`: entailment against contradiction.",
)  # fmt: skip
zero_shot.slip(
    "multi_label or ", "", name="always_competing",
    seen="`multi_label` changes nothing. May a text be about two things?",
    why="The labels compete in any case here. With `multi_label` each is judged by itself.",
)  # fmt: skip
zero_shot.slip(
    "if multi_label or", "if not multi_label or", name="switch_turned",
    seen="Both ways of scoring are there. Which of them does `multi_label=True` ask for?",
    why="These are the numbers of `multi_label` read the other way round. True says that a text may "
    "have several labels, each judged by itself; False lets them compete.",
)  # fmt: skip
zero_shot.slip(
    "multi_label or len(nli_logits) == 1", "True", name="never_competing",
    seen="`multi_label` changes nothing. What should the scores of competing labels sum to?",
    why="Each label is judged by itself in any case here. Without `multi_label` they compete: a "
    "softmax of their entailment logits.",
)  # fmt: skip

zero_shot.slip(
    "nli_logits[:, entail].softmax(dim=0)",
    "(nli_logits[:, entail] - nli_logits[:, contra]).softmax(dim=0)", name="margins_compete",
    seen="What the model says *against* a label moves the scores. Which column competes?",
    why="The softmax ran over entailment minus contradiction. "
    "Labels that compete do so by their entailment logits and nothing else.",
)  # fmt: skip


@zero_shot.alternative
def by_sigmoid(nli_logits, entail, contra, multi_label):
    if multi_label or nli_logits.shape[0] < 2:
        return torch.sigmoid(nli_logits[:, entail] - nli_logits[:, contra])
    return torch.softmax(nli_logits, dim=0)[:, entail]


@zero_shot.alternative
def by_exp(nli_logits, entail, contra, multi_label):
    yes, no = nli_logits[:, entail].exp(), nli_logits[:, contra].exp()
    return yes / (yes + no) if multi_label or len(yes) == 1 else yes / yes.sum()
