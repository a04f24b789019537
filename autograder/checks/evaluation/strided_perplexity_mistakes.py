"""What is built in another way than `strided_perplexity`: wrong ones with a cause, and right ones."""

import math

import torch

from autograder.checks.evaluation.strided_perplexity import strided


def bills(model, ids, window, stride, all_of=False):
    """(nats, number of ids) for each window; of all its ids, or of those that are new."""
    found, scored = [], 1
    for begin in range(0, len(ids), stride):
        part = ids[begin : begin + window]
        each = -model(part)[:-1].log_softmax(-1).gather(-1, part[1:, None])[:, 0]
        new = begin + len(part) - scored
        kept = each if all_of else each[len(each) - new :]
        found.append((kept.sum().item(), len(kept)))
        scored += new
        if scored == len(ids):
            break
    return found


@strided.misconception(
    seen="A text of one window is right. How often is an id scored that two windows have?",
    why="All ids of each window are scored here, so most count several times, and the early ones of "
    "each window with little before them. Each id is scored once, in the first window that has it.",
)
def double_counts(model, ids, window, stride):
    found = bills(model, ids, window, stride, all_of=True)
    return math.exp(sum(nats for nats, _ in found) / sum(many for _, many in found))


@strided.misconception(
    seen="Where all windows score as many ids it is right. Does each window count the same, or each id?",
    why="The mean of each window is taken here, and then the mean of those. The first window has more "
    "new ids than the others. Add up all nats, and divide last.",
)
def mean_of_windows(model, ids, window, stride):
    found = bills(model, ids, window, stride)
    return math.exp(sum(nats / many for nats, many in found) / len(found))


@strided.misconception(
    seen="A text of one window is right. Of what is the mean taken, of surprises or of perplexities?",
    why="This is a mean of the perplexities of the windows. Add up all nats, divide by the number of "
    "ids, and take exp last.",
)
def mean_of_perplexities(model, ids, window, stride):
    found = bills(model, ids, window, stride)
    return sum(math.exp(nats / many) for nats, many in found) / len(found)


@strided.misconception(
    seen="A text of one window is right. What does the model see before the first id of the second "
    "window?",
    why="The text is cut into windows without any overlap here, whatever the stride. Then an id at the "
    "start of a window has next to nothing before it. The windows begin at 0, stride, 2 * stride.",
)
def no_overlap(model, ids, window, stride):
    total, many = 0.0, 0
    for begin in range(0, len(ids), window):
        part = ids[begin : begin + window]
        each = -model(part)[:-1].log_softmax(-1).gather(-1, part[1:, None])[:, 0]
        total, many = total + each.sum().item(), many + len(each)
    return math.exp(total / many)


@strided.misconception(
    seen="The number is of the right size. exp undoes a logarithm to which base?",
    why="This is 2 to the power of the mean. `log_softmax` takes logarithms to base e, and exp undoes "
    "those. 2 to a power would undo logarithms to base 2.",
)
def power_of_two(model, ids, window, stride):
    found = bills(model, ids, window, stride)
    return 2 ** (sum(nats for nats, _ in found) / sum(many for _, many in found))


@strided.misconception(
    seen="Short texts are right. How large, or small, is the product of all these numbers?",
    why="The probabilities, or one divided by each, are multiplied here, and the root is taken at the "
    "end. For a long text the product leaves what a float can hold. Add logarithms.",
)
def product(model, ids, window, stride):
    whole, scored = 1.0, 1
    for begin in range(0, len(ids), stride):
        end = min(begin + window, len(ids))
        shares = model(ids[begin:end]).softmax(-1).tolist()
        for place in range(scored, end):
            whole /= shares[place - begin - 1][ids[place]]
        scored = end
        if end == len(ids):
            break
    return whole ** (1 / (len(ids) - 1))


def weighed(model, ids, window, stride, weight):
    """exp of the mean of the windows' means, weighed by their numbers of new ids."""
    nats = many = before = 0
    for begin in range(0, len(ids), stride):
        end = min(begin + window, len(ids))
        labels = ids[begin:end].clone()
        labels[: before - end] = -100
        loss = torch.nn.functional.cross_entropy(model(ids[begin:end])[:-1], labels[1:]).item()
        nats += loss * weight(end - before)
        many += weight(end - before)
        before = end
        if end == len(ids):
            break
    return math.exp(nats / many)


@strided.misconception(
    seen="A text of one window is right. Of how many ids is the loss of the second window a mean?",
    why="The number of ids is lowered by 1 in every window here, as in the documentation of "
    "transformers. In the first window an id has nothing before it, and that is right. In the others "
    "the overlap is before it, and all new ids are scored.",
    convention=True,
)
def one_less_in_each_window(model, ids, window, stride):
    return weighed(model, ids, window, stride, lambda new: new - 1)


@strided.misconception(
    seen="All windows but the first are right. Of how many ids is the loss of the first one a mean?",
    why="The mean of each window is multiplied by its number of new ids here, as an older recipe of "
    "transformers has it. The first id of the text is new as well, but it is not scored.",
    convention=True,
)
def first_id_weighs(model, ids, window, stride):
    return weighed(model, ids, window, stride, lambda new: new)


def at_other_places(model, ids, window, stride, begins):
    """The reference with windows that begin where `begins` says, from a begin and what is scored."""
    total, scored = 0.0, 1
    for planned in range(0, len(ids), stride):
        end = min(planned + window, len(ids))
        begin = begins(planned, end, scored)
        logps = model(ids[begin:end])[:-1].log_softmax(-1)
        each = logps.gather(-1, ids[begin + 1 : end, None])[:, 0]
        total -= each[scored - begin - 1 :].sum().item()
        scored = end
        if end == len(ids):
            break
    return math.exp(total / (len(ids) - 1))


@strided.misconception(
    seen="Where the last window is full it is right. And where it is not?",
    why="The last window is moved back here until it is full, so its ids have more before them than they "
    "should. All windows begin at a multiple of the stride, and the last one may be shorter.",
)
def last_window_moved(model, ids, window, stride):
    return at_other_places(model, ids, window, stride, lambda _, end, __: max(0, end - window))


@strided.misconception(
    seen="A text of one window is right. What does the model see of the overlap?",
    why="The model reads little more than the new ids here, so what the window has before them is lost. "
    "It reads the whole window, and only what is scored is new.",
)
def only_new_ids_read(model, ids, window, stride):
    return at_other_places(
        model, ids, window, stride, lambda begin, _, scored: max(begin, scored - 1)
    )


@strided.alternative
def id_by_id(model, ids, window, stride):
    """For each id the first window that has it."""
    nats = 0.0
    for place in range(1, len(ids)):
        begin = 0 if place < window else stride * math.ceil((place - window + 1) / stride)
        logits = model(ids[begin : begin + window])
        nats += torch.nn.functional.cross_entropy(logits[place - begin - 1], ids[place]).item()
    return math.exp(nats / (len(ids) - 1))


@strided.alternative
def with_labels(model, ids, window, stride):
    total = before = 0
    for begin in range(0, len(ids), stride):
        end = min(begin + window, len(ids))
        labels = ids[begin:end].clone()
        labels[: before - begin] = -100
        total = total + torch.nn.functional.cross_entropy(
            model(ids[begin:end])[:-1], labels[1:], reduction="sum"
        )
        before = end
        if end == len(ids):
            break
    return torch.exp(total / (len(ids) - 1)).item()
