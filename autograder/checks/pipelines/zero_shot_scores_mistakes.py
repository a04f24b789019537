"""More misconceptions about `zero_shot_scores`."""

import torch

from autograder.checks.pipelines.zero_shot_scores import by_sigmoid, zero_shot


def judged(nli_logits, entail, contra):
    return nli_logits[:, [contra, entail]].softmax(dim=1)[:, 1]


def normalised(shares):
    return shares / shares.sum()


def contended(shares, multi_label, compete):
    """The shares as they are, or as `compete` makes them where labels compete."""
    return shares if multi_label or len(shares) == 1 else compete(shares)


@zero_shot.misconception(
    seen="The same as a softmax down the labels.",
    why="`multi_label` is not read, and the labels compete in any case.",
    alias="multi_over_labels",
)
def multi_label_not_read(nli_logits, entail, contra, multi_label):
    return nli_logits[:, entail].softmax(dim=0)


@zero_shot.misconception(
    seen="Judged one by one, labels are right. What should the scores of competing labels sum to?",
    why="Where labels compete, this is a softmax along each row, over all three columns. It lets "
    "entailment, contradiction and neutral of one label compete. Labels compete with each other "
    "*down* the column of entailment: `nli_logits[:, entail].softmax(dim=0)`.",
)
def rows_where_they_compete(nli_logits, entail, contra, multi_label):
    if multi_label or len(nli_logits) == 1:
        return judged(nli_logits, entail, contra)
    return nli_logits.softmax(dim=1)[:, entail]


@zero_shot.misconception(
    seen="Right with `multi_label`. What should the scores of competing labels sum to, and with whom "
    "does a label compete that is alone?",
    why="Without `multi_label` this is a softmax along each row, over all three columns. Labels "
    "compete with each other *down* the column of entailment: `nli_logits[:, entail].softmax(dim=0)`. "
    "A label alone is judged as with `multi_label`.",
)
def rows_without_multi_label(nli_logits, entail, contra, multi_label):
    if multi_label:
        return judged(nli_logits, entail, contra)
    return nli_logits.softmax(dim=1)[:, entail]


@zero_shot.misconception(
    seen="`multi_label` changes nothing, and how neutral a hypothesis is moves every score. Which "
    "numbers go into each of the two softmaxes?",
    why="This is a softmax along each row, over all three columns, in any case. Labels that compete "
    "do so *down* the column of entailment. A label by itself is entailment against contradiction, "
    "without neutral.",
)
def rows_in_any_case(nli_logits, entail, contra, multi_label):
    return nli_logits.softmax(dim=1)[:, entail]


@zero_shot.misconception(
    seen="Scores of 0 and 1 only. How sure is the model?",
    why="The best label got everything. What is asked for are shares, by a softmax.",
)
def argmax_only(nli_logits, entail, contra, multi_label):
    if multi_label or len(nli_logits) == 1:
        return (nli_logits[:, entail] > nli_logits[:, contra]).float()
    return torch.nn.functional.one_hot(nli_logits[:, entail].argmax(), len(nli_logits)).float()


@zero_shot.misconception(
    seen="The scores sum to 1 and the order is nearly always right. Does it matter how neutral a "
    "hypothesis is?",
    why="Probabilities of entailment were divided by their sum. What competes are the entailment "
    "*logits*: one softmax, over the labels.",
)
def shares_renormalised(nli_logits, entail, contra, multi_label):
    if multi_label or len(nli_logits) == 1:
        return judged(nli_logits, entail, contra)
    return normalised(nli_logits.softmax(dim=1)[:, entail])


@zero_shot.misconception(
    seen="How neutral a hypothesis is moves every score, and one label alone always scores 1. Which "
    "of the three columns are compared?",
    why="These are the shares of entailment in a softmax over all three columns, divided by their "
    "sum where labels compete. Neutral is left out: labels that compete, compete by their "
    "entailment *logits*; a label by itself is entailment against contradiction.",
)
def softmax_over_each_row(nli_logits, entail, contra, multi_label):
    shares = nli_logits.softmax(dim=1)[:, entail]
    return shares if multi_label else normalised(shares)


@zero_shot.misconception(
    seen="How neutral a hypothesis is moves every score. Which of the three columns are compared?",
    why="Each label was first judged by itself, in a softmax over all three columns. Neutral is left "
    "out, and labels that compete do so by their entailment logits and nothing else.",
)
def rows_then_shares(nli_logits, entail, contra, multi_label):
    return contended(nli_logits.softmax(dim=1)[:, entail], multi_label, normalised)


@zero_shot.misconception(
    seen="One by one all is right. By what do labels compete?",
    why="Each label was first judged by itself, and the shares were divided by their sum. Labels that "
    "compete do so by their entailment logits and nothing else.",
)
def judged_then_normalised(nli_logits, entail, contra, multi_label):
    return contended(judged(nli_logits, entail, contra), multi_label, normalised)


@zero_shot.misconception(
    seen="The competing scores lie close together. What went into the softmax: logits, or shares?",
    why="Each label was first judged by itself, and a second softmax ran over the shares. Labels that "
    "compete do so by their entailment logits and nothing else.",
)
def judged_then_softmax(nli_logits, entail, contra, multi_label):
    shares = judged(nli_logits, entail, contra)
    return contended(shares, multi_label, lambda shares: shares.softmax(dim=0))


@zero_shot.misconception(
    seen="The competing scores lie close together, and a label alone scores 1. What went into the "
    "softmax: logits, or shares?",
    why="Each label was first judged by itself, and a second softmax, over one label or many, ran "
    "over the shares. Labels that compete do so by their entailment logits and nothing else; a label "
    "alone does not compete.",
)
def rows_then_softmax(nli_logits, entail, contra, multi_label):
    if multi_label:
        return judged(nli_logits, entail, contra)
    return nli_logits.softmax(dim=1)[:, entail].softmax(dim=0)


@zero_shot.misconception(
    seen="Only a label alone is off. Between which two does it decide?",
    why="Where there is one label, the softmax ran over all three columns. Neutral is left out: "
    "entailment against contradiction, as with `multi_label`.",
)
def neutral_where_alone(nli_logits, entail, contra, multi_label):
    if len(nli_logits) == 1:
        return nli_logits.softmax(dim=1)[:, entail]
    return by_sigmoid(nli_logits, entail, contra, multi_label)


@zero_shot.misconception(
    seen="Right for some models and wrong for others. Who says which column is which?",
    why="Column 0 was taken for entailment and column 1 for contradiction, in the order of the "
    "arguments. Every model has an order of its own; `entail` and `contra` say it.",
)
def columns_as_told(nli_logits, entail, contra, multi_label):
    return by_sigmoid(nli_logits, 0, 1, multi_label)


@zero_shot.misconception(
    seen="Right where contradiction comes first and entailment last. Who says which column is "
    "which?",
    why="Column 2 was taken for entailment and column 0 for contradiction, as many models have "
    "them. Every model has an order of its own; `entail` and `contra` say it.",
)
def entailment_last(nli_logits, entail, contra, multi_label):
    return by_sigmoid(nli_logits, 2, 0, multi_label)
