"""More misconceptions of `hungarian_match`."""

from autograder.checks.beyond_text.hungarian_match import cheapest, costs, match

match.slip(
    ".abs().sum(-1)", ".abs().mean(-1)", name="mean_of_four",
    seen="Where only boxes or only probabilities differ it is right. How much does a difference between "
    "two boxes count?",
    why="The mean of the four differences is taken here, which is a quarter of their sum. A box then "
    "counts too little beside a class.",
)  # fmt: skip
match.slip(
    ".abs().sum(-1)", ".square().sum(-1).sqrt()", name="straight_line",
    seen="Classes count as they should. How is the distance of two boxes counted?",
    why="The distance is measured along a straight line here: the root of the sum of the squares. The "
    "cost adds up absolute differences.",
)  # fmt: skip
match.slip(
    "prob[:, labels]", "prob[:, : len(labels)]", name="objects_for_classes",
    seen="Where only the boxes differ it is right. Which column of `prob` belongs to an object?",
    why="Object m gets column m of `prob` here. A column belongs to a class, and `labels` says which "
    "class an object has.",
)  # fmt: skip


@match.misconception(
    seen="Objects that nobody else wants have the right guess. Who gets a guess that two objects want, "
    "and in which order do the pairs come?",
    why="The objects choose one after the other here, and their pairs come in that order. The first may "
    "take a guess that the second needs more, so all ways are compared as a whole. And the pairs are "
    "asked for in the order of the guesses.",
)
def greedy_by_object(prob, boxes, labels, targets):
    cost, pairs = costs(prob, boxes, labels, targets), []
    for m in range(len(targets)):
        n = int(cost[:, m].argmin())
        cost[n] = float("inf")
        pairs.append((n, m))
    return pairs


@match.misconception(
    seen="Where all boxes have the same size it is right. What does a box have besides its center?",
    why="Only the centers are compared here. The width and the height are part of the distance, too.",
)
def centers_alone(prob, boxes, labels, targets):
    return cheapest(costs(prob, boxes[:, :2], labels, targets[:, :2]))
