"""More misconceptions of `clip_loss`."""

from autograder.checks.beyond_text.clip_loss import loss, scored

loss.slip(
    "logit_scale.exp()", "logit_scale.exp() ** 2", name="scale_twice",
    seen="With the scale 1 it is right. How many times is a score multiplied by the scale?",
    why="The scale is in each score twice here, as if both vectors were multiplied by it. A score is "
    "multiplied by it once.",
)  # fmt: skip


@loss.misconception(
    seen="Where every choice is a guess it is right. What comes first, the logarithm or the mean?",
    why="The probabilities are averaged here, and the logarithm comes after it. Each choice has a price "
    "of its own, -ln of its probability, and the mean is taken of the prices.",
)
def mean_before_log(img, txt, logit_scale):
    scores, _ = scored(img, txt, logit_scale)
    rows, columns = (scores.softmax(axis).diagonal().mean() for axis in (1, 0))
    return -(rows.log() + columns.log()) / 2


@loss.misconception(
    seen="Where every choice is a guess it is right. What comes first, the logarithm or the mean?",
    why="Each pair has two probabilities, one for each direction. Their mean is taken here, and the "
    "logarithm comes after it. Each of the two choices has a price of its own, -ln of its probability.",
)
def mean_of_both_before_log(img, txt, logit_scale):
    scores, _ = scored(img, txt, logit_scale)
    both = sum(scores.softmax(axis).diagonal() for axis in (1, 0)) / 2
    return -both.log().mean()
