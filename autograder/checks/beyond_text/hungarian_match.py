"""Checks and misconceptions for `hungarian_match`."""

from itertools import combinations

import torch

from autograder.exercise import Exercise


def scene(g, N, C, M, far=1.0):
    """N guesses and M objects, none of them quite where a guess is."""

    def boxes(count):
        center, size = torch.rand(count, 2, generator=g), torch.rand(count, 2, generator=g)
        return torch.cat([0.2 + 0.6 * center, 0.1 + 0.3 * size], dim=1)

    prob = (2 * torch.randn(N, C, generator=g)).softmax(-1)
    labels = torch.randint(0, C - 1, (M,), generator=g)
    return prob, far * boxes(N), labels, far * boxes(M)


def scenes(g):
    order = torch.randperm(3, generator=g)
    shift = 0.02 * torch.rand((), generator=g)
    at = torch.tensor([[0.3, 0.5, 0.2, 0.2], [0.5, 0.5, 0.2, 0.2], [0.9, 0.5, 0.2, 0.2]])
    even = torch.tensor([0.2, 0.5, 0.3])
    # the first object is nearest to guess 0; the second as well, and far from all others
    contested = at[[1, 0, 2]].clone()
    objects = torch.tensor([[0.42, 0.5, 0.2, 0.2], [0.58, 0.5, 0.2, 0.2]])
    objects[:, 0] += shift
    wide = torch.tensor([[0.5, 0.5, 0.35, 0.2], [0.4, 0.5, 0.2, 0.2]])
    wide[:, 1] += shift
    crowded = torch.tensor([[0.5, 0.5, 0.2, 0.2], [0.4, 0.38, 0.2, 0.2], [0.85, 0.5, 0.2, 0.2]])
    crowd = torch.tensor([[0.4, 0.5, 0.2, 0.2], [0.6, 0.5, 0.2, 0.2]])
    nearly = at[:2] + torch.tensor([[0.0] * 4, [0.003, 0.0, 0.0, 0.0]])
    up, far = torch.tensor([0.0, 1.0, 0.0, 0.0]) * shift, torch.tensor([1.0, 0.0, 0.0, 0.0])
    prob, boxes, labels, targets = scene(g, 6, 5, 3)
    return {
        "there is one object and two guesses": scene(g, 2, 3, 1),
        "only the probabilities differ": (
            torch.tensor([[0.1, 0.7, 0.2], [0.6, 0.1, 0.3], [0.3, 0.3, 0.4]])[order],
            at[[0, 0, 0]], torch.tensor([1, 0]), at[[0, 0]] + shift,
        ),
        "only the boxes differ": (even.repeat(3, 1), at[order], torch.tensor([1, 1]), at[[0, 2]]),
        "two objects are nearest to the same guess": (
            even.repeat(3, 1), contested, torch.tensor([1, 1]), objects,
        ),
        "it pays to make way for a guess that nobody wants": (
            even.repeat(3, 1), crowded + up, torch.tensor([1, 1]), crowd + up,
        ),
        "a guess is nearer by a hair's breadth": (
            even.repeat(2, 1), nearly.flip(0), torch.tensor([1]),
            torch.tensor([[0.4, 0.5, 0.2, 0.2]]),
        ),
        "the nearest guess is a little less sure": (
            torch.tensor([[0.6, 0.4], [0.5, 0.5]]), at[:1] + torch.tensor([[0.3], [0.0]]) * far,
            torch.tensor([0]), at[:1],
        ),
        "a guess is further away and surer, near two objects": (
            torch.tensor([[5, 1, 4], [7, 1, 2], [1, 0.1, 8.9], [1, 3, 6]]) / 10,
            at[:1] + torch.tensor([[0.0], [0.15], [3.0], [3.35]]) * far,
            torch.tensor([0, 1]), at[:1] + torch.tensor([[0.0], [3.0]]) * far,
        ),
        "center and corners disagree": (
            even.repeat(2, 1), wide, torch.tensor([0]),
            torch.tensor([[0.5, 0.5, 0.2, 0.2]]),
        ),
        "one guess is wrong in one number, the other a little in all four": (
            even.repeat(2, 1), at[[0]] + torch.tensor([[0.1] * 4, [0.3, 0.0, 0.0, 0.0]]),
            torch.tensor([2]), at[[0]] + shift / 4,
        ),
        "there is no object": (prob, boxes, labels[:0], targets[:0]),
        "all guesses are needed": scene(g, 4, 3, 4),
        "six guesses meet three objects": (prob, boxes, labels, targets),
        "the boxes are far apart": scene(g, 5, 4, 3, far=3.0),
    }  # fmt: skip


match = Exercise(
    "beyond_text.hungarian_match", optional=True,
    title="To each object its guess",
    points=2, difficulty=2, minutes=20, examples=scenes,
)  # fmt: skip

match.leave_out("two", "two of each may cost the same")


@match.oracle("transformers.loss.loss_for_object_detection.HungarianMatcher")
def _(prob, boxes, labels, targets):
    from transformers.loss.loss_for_object_detection import HungarianMatcher

    if not len(labels):
        return []
    matcher = HungarianMatcher(class_cost=1, bbox_cost=1, giou_cost=0)
    guesses = {"logits": prob.log()[None], "pred_boxes": boxes[None]}
    ((n, m),) = matcher(guesses, [{"class_labels": labels, "boxes": targets}])
    return list(zip(n.tolist(), m.tolist(), strict=True))


def one_scene():
    """Guesses 1, 3 and 4 get objects 1, 2 and 0, so that numbers of the two are not mixed up."""
    prob, boxes, _, targets = scene(torch.Generator().manual_seed(23), 5, 4, 3)
    return prob, boxes, torch.tensor([2, 0, 1]), targets


@match.claim("each object gets one guess, and no guess is given twice")
def _(answer):
    pairs = answer(*one_scene())
    assert sorted(m for _, m in pairs) == [0, 1, 2]
    assert len({n for n, _ in pairs}) == 3
    crowd = torch.tensor([[0.1, 0.9]]).repeat(4, 1)
    at = torch.tensor([[0.1], [0.2], [0.4], [0.8]]) * torch.ones(4)
    pairs = answer(crowd, at, torch.tensor([0, 0]), torch.tensor([[0.0] * 4, [0.01] * 4]))
    assert sorted(n for n, _ in pairs) == [0, 1]


@match.claim("of guesses that are all in one place, the one that is surest of the class is taken")
def _(answer):
    prob = torch.tensor([[0.2, 0.3, 0.5], [0.7, 0.2, 0.1], [0.5, 0.4, 0.1]])
    box = torch.tensor([[0.5, 0.5, 0.1, 0.2]])
    first, second = answer.each(
        (prob, box.repeat(3, 1), torch.tensor([0]), box),
        (prob, box.repeat(3, 1), torch.tensor([1]), box),
    )
    assert first == [(1, 0)]
    assert second == [(2, 0)]


@match.claim("guesses in another order get the same objects")
def _(answer):
    prob, boxes, labels, targets = one_scene()
    order = [3, 0, 4, 2, 1]
    once, again = answer.each(
        (prob, boxes, labels, targets), (prob[order], boxes[order], labels, targets)
    )
    assert sorted(m for _, m in once) == [0, 1, 2]
    assert sorted((order[n], m) for n, m in again) == sorted(once)


match.slip(
    "apart - prob[:, labels]", "apart + prob[:, labels]", name="prob_sign",
    seen="Where only the boxes differ it is right. Is a probable guess cheap or dear?",
    why="The probability is added to the cost here, so the guess that is *least* sure is taken. It is "
    "subtracted.",
)  # fmt: skip
match.slip(
    "best = min", "best = max", name="dearest",
    seen="Each object has a guess of its own. Is it a near one?",
    why="The dearest way is taken here. What is added up are costs, so the smallest sum is best.",
)  # fmt: skip
match.slip(
    "apart - prob[:, labels]", "apart", name="boxes_alone",
    seen="Where only the boxes differ it is right. What do the guesses say about the class?",
    why="Only the boxes are compared here. A guess in the right place with the wrong class costs more "
    "than one with the right class.",
)  # fmt: skip
match.slip(
    "apart - prob[:, labels]", "-prob[:, labels]", name="classes_alone",
    seen="Where only the probabilities differ it is right. Where are the guesses?",
    why="Only the classes are compared here. How far the boxes are apart is part of the cost, too.",
)  # fmt: skip
match.slip(
    ".abs().sum(-1)", ".square().sum(-1)", name="squared",
    seen="Classes count as they should. How is the distance of two boxes counted?",
    why="The differences are squared here, so one large difference weighs more than several small ones. "
    "The cost adds up absolute differences.",
)  # fmt: skip
match.slip(
    "sorted((n, m)", "sorted((m, n)", name="turned_round",
    seen="It is known who belongs to whom. Which number of a pair is the guess?",
    why="The object comes first in each pair here. A pair is (guess, object).",
)  # fmt: skip


def costs(prob, boxes, labels, targets):
    return (boxes[:, None] - targets).abs().sum(-1) - prob[:, labels]


@match.misconception(
    seen="Objects that nobody else wants are right. Who gets a guess that two objects want?",
    why="The objects choose one after the other here, each the cheapest guess that is left. The first "
    "may take one that the second needs more. All ways are compared as a whole.",
)
def greedy(prob, boxes, labels, targets):
    cost, pairs = costs(prob, boxes, labels, targets), []
    for m in range(len(targets)):
        n = int(cost[:, m].argmin())
        cost[n] = float("inf")
        pairs.append((n, m))
    return sorted(pairs)


@match.misconception(
    seen="Objects that nobody else wants are right. How often may a guess be given?",
    why="Each object takes its cheapest guess here, and two may take the same one. A guess is given "
    "once, so that the model is not praised for finding one thing twice.",
)
def duplicates(prob, boxes, labels, targets):
    cost = costs(prob, boxes, labels, targets)
    return sorted((int(cost[:, m].argmin()), m) for m in range(len(targets)))


@match.misconception(
    seen="Where all boxes have the same size it is right. Which four numbers are compared?",
    why="The boxes are turned into corners here before they are compared. Many formats have corners. "
    "Here the center, the width and the height are compared.",
    convention=True,
)
def xyxy_vs_cxcywh(prob, boxes, labels, targets):
    def corners(each):
        return torch.cat([each[:, :2] - each[:, 2:] / 2, each[:, :2] + each[:, 2:] / 2], dim=1)

    return cheapest(costs(prob, corners(boxes), labels, corners(targets)))


@match.misconception(
    seen="Many scenes are right. Is the cheapest pair always part of the best way?",
    why="The cheapest of all pairs is taken first here, then the cheapest of what is left. That can "
    "leave an object with a guess that is far away. All ways are compared as a whole.",
)
def cheapest_pair_first(prob, boxes, labels, targets):
    cost, pairs = costs(prob, boxes, labels, targets), []
    for _ in range(len(targets)):
        n, m = divmod(int(cost.argmin()), len(targets))
        cost[n], cost[:, m] = float("inf"), float("inf")
        pairs.append((n, m))
    return sorted(pairs)


@match.misconception(
    seen="Many scenes are right. Who could take a guess that is still free?",
    why="Two objects may change their guesses here, but none may move to a guess that is free. All ways "
    "are compared as a whole.",
)
def swaps_only(prob, boxes, labels, targets):
    cost = costs(prob, boxes, labels, targets)
    pairs = []
    for m in range(len(targets)):
        pairs.append(int(cost[:, m].index_fill(0, torch.tensor(pairs, dtype=int), 9).argmin()))
    for a, b in len(targets) * list(combinations(range(len(targets)), 2)):
        now = cost[pairs[a], a] + cost[pairs[b], b]
        if cost[pairs[b], a] + cost[pairs[a], b] < now:
            pairs[a], pairs[b] = pairs[b], pairs[a]
    return sorted((n, m) for m, n in enumerate(pairs))


@match.misconception(
    seen="Where only boxes or only probabilities differ it is right. How much do boxes count?",
    why="The distance counts five times here, as in the code of DETR. In this cost it counts once.",
    convention=True,
)
def five_times(prob, boxes, labels, targets):
    return cheapest(costs(prob, 5 * boxes, labels, 5 * targets))


@match.misconception(
    seen="Where only boxes or only probabilities differ it is right. How much is a class?",
    why="The logarithm of the probability is in the cost here, as in a loss. In this cost it is the "
    "probability itself, so that it counts about as much as a box.",
    convention=True,
)
def in_nats(prob, boxes, labels, targets):
    return cheapest(costs(prob.log(), boxes, labels, targets))


@match.misconception(
    seen="The pairs are right. In which order do they come?",
    why="The pairs are in the order of the objects here. They are asked for in the order of the guesses.",
)
def by_object(prob, boxes, labels, targets):
    return sorted(cheapest(costs(prob, boxes, labels, targets)), key=lambda pair: pair[1])


@match.misconception(
    seen="How many pairs should there be?",
    why="Each guess takes its cheapest object here, so an object may have several guesses, and there are "
    "as many pairs as guesses. Each object gets one guess, and the other guesses are left out.",
)
def each_guess(prob, boxes, labels, targets):
    if not len(labels):
        return []
    return list(enumerate(costs(prob, boxes, labels, targets).argmin(1).tolist()))


def cheapest(cost):
    """Object after object: for each set of guesses that are taken, the cheapest way so far."""
    ways = {frozenset(): (0.0, ())}
    for m in range(cost.shape[1]):
        longer = {}
        for taken, (spent, pairs) in ways.items():
            for n in set(range(len(cost))) - taken:
                way = (spent + float(cost[n, m]), (*pairs, (n, m)))
                longer[taken | {n}] = min(way, longer.get(taken | {n}, way))
        ways = longer
    return sorted(min(ways.values())[1])


@match.alternative
def set_by_set(prob, boxes, labels, targets):
    return cheapest(costs(prob, boxes, labels, targets))
