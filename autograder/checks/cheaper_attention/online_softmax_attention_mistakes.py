"""Misconceptions of `online_softmax_attention`."""

import torch

from autograder.checks.cheaper_attention.online_softmax_attention import online

online.slip(
    "total = total * shrink", "total = total", name="sum_not_rescaled",
    seen="With one block it is right. To which largest score does the old sum belong?",
    why="The values are scaled down when a larger score comes, and the sum is not. Both were made with "
    "the old largest score, so both are multiplied by exp(old - new).",
)  # fmt: skip
online.slip(
    "found = found * shrink", "found = found", name="values_not_rescaled",
    seen="With one block it is right. To which largest score do the old weighted values belong?",
    why="The sum is scaled down when a larger score comes, and the weighted values are not. Both were "
    "made with the old largest score, so both are multiplied by exp(old - new).",
)  # fmt: skip
online.slip(
    "(largest - new).exp()", "torch.ones_like(new)", name="no_rescale",
    seen="With one block it is right. What happens to the old sum when a larger score comes?",
    why="Nothing is scaled down here when a larger score comes. What was added up so far is then too "
    "large by exp(new - old), and the first blocks get too much weight.",
)  # fmt: skip
online.slip(
    "(largest - new).exp()", "(new - largest).exp()", name="scaled_up",
    seen="Which of the two largest scores is larger? So does the old sum shrink or grow?",
    why="The old sum is multiplied by exp(new - old) here, which makes it grow. Measured from a larger "
    "number, every old weight is smaller: exp(old - new).",
)  # fmt: skip
online.slip(
    'q[..., :1], float("-inf")', "q[..., :1], 0.0", name="max_init_zero",
    seen="Unless all scores are far below zero it is right. What is exp(-120) in a float32?",
    why="The largest score begins at 0 here. If all scores are far below zero, each exp(score) is 0, "
    "and at the end 0 is divided by 0. It begins at minus infinity.",
)  # fmt: skip
online.slip(
    "new = torch.maximum(largest, scores.amax(dim=-1, keepdim=True))",
    "new = scores.amax(dim=-1, keepdim=True)", name="max_of_the_block",
    seen="Right where each block has a larger score than the one before it. What is the largest score of "
    "a block in which everything is hidden?",
    why="The largest score of the *block* is used here, even if an earlier one was larger. In exact "
    "numbers that would be right. But exp(old - new) then grows without limit, and where a block is all "
    "hidden its largest is minus infinity.",
)  # fmt: skip
online.slip(
    "torch.maximum(largest, scores.amax(dim=-1, keepdim=True))",
    "torch.maximum(largest, (q @ keys.mT / q.shape[-1] ** 0.5).amax(dim=-1, keepdim=True))",
    name="max_before_mask",
    seen="Right where hidden scores are not much larger than visible ones. Which scores may the largest "
    "be taken from?",
    why="The largest is taken before the future is hidden here. If a hidden score is larger by hundreds, "
    "each visible exp(score - largest) is 0, and 0 is divided by 0. Hide first.",
)  # fmt: skip
online.slip(
    "scores.amax(dim", "(scores * q.shape[-1] ** 0.5).amax(dim", name="max_of_undivided_scores",
    seen="Right where vectors have one number. Is the largest taken from the same numbers as exp?",
    why="The largest is taken before the scores are divided by the root here. In exact numbers that is "
    "right. But it may then be hundreds above all scores, and each exp(score - largest) is 0.",
)  # fmt: skip
online.slip(
    "for start in range(0, Tk, block)",
    "for start in range(0, Tk - Tq + 1 if causal else Tk, block)", name="stops_at_the_first_query",
    seen="Right where nothing is hidden. Up to which key does the *last* query see?",
    why="The loop ends here at the first block that the first query cannot see. Later queries see "
    "farther, each up to its own position.",
)  # fmt: skip
online.slip(
    "return found / total", "return found", name="not_divided",
    seen="Are the weights of a query 1 in sum?",
    why="The division is missing here. The weighted values are divided by the sum of the weights, after "
    "the last block.",
)  # fmt: skip
online.slip(
    "for start in range(0, Tk, block)", "for start in range(0, max(block, Tk - Tk % block), block)",
    name="skips_last_block",
    seen="Right where the blocks fill the text. Which keys are in the last block if they do not?",
    why="What is left after the last full block is not read here. It is a block, too, with fewer keys.",
)  # fmt: skip
online.slip(
    "for start in range(0, Tk, block)", "for start in range(0, Tk // block * block, block)",
    name="full_blocks_only",
    seen="Right where the blocks fill the text. How often does the loop run if 7 keys come in blocks "
    "of 3, or 3 in a block of 8?",
    why="Only full blocks are read here. What is left is a block, too, with fewer keys. If the text is "
    "shorter than a block, nothing is read at all.",
)  # fmt: skip
online.slip(
    "torch.arange(Tk - Tq, Tk)[:, None]", "torch.arange(Tq)[:, None]", name="top_left",
    seen="With as many queries as keys it is right. With older keys, which positions are the queries?",
    why="The queries are taken for the *first* positions here. They are the last Tq of Tk, so they begin "
    "at Tk - Tq.",
)  # fmt: skip
online.slip(
    "torch.arange(start, start + keys.shape[-2]) > places",
    "torch.arange(keys.shape[-2]) > places", name="places_in_the_block",
    seen="With one block it is right. At which position is the first key of the second block?",
    why="The keys are counted from 0 in every block here. A block's keys begin at the block's start.",
)  # fmt: skip
online.slip(
    "torch.arange(start, start + keys.shape[-2]) > places",
    "(start > places).expand(-1, keys.shape[-2])", name="diagonal_block_unmasked",
    seen="Blocks that are all in the future are hidden. In the block that a query itself is in, are all "
    "keys before it?",
    why="A block is hidden here only if it *begins* in the future. In the block that holds the query, "
    "the keys after it stay visible.",
)  # fmt: skip
online.slip(
    "keys.shape[-2]) > places", "keys.shape[-2]) >= places", name="strict",
    seen="May a token look at itself?",
    why="A token does not see itself here, so the first one sees nothing, and 0 is divided by 0.",
)  # fmt: skip
online.slip(
    "q @ keys.mT / q.shape[-1] ** 0.5", "q @ keys.mT", name="no_scale",
    seen="Right where vectors have one number. What are scores divided by?",
    why="The scores are not divided here. They are divided by the root of the width of a key.",
)  # fmt: skip
online.slip(
    "q @ keys.mT / q.shape[-1] ** 0.5", "q @ keys.mT / q.shape[-1]", name="scaled_by_width",
    seen="Right where vectors have one number. By what are scores divided, the width or its root?",
    why="The scores are divided by the whole width here, or by its root twice. They are divided by its "
    "root, once.",
)  # fmt: skip
online.slip(
    'scores.masked_fill(ahead, float("-inf"))', "scores.masked_fill(ahead, 0.0)",
    name="hidden_scores_zero",
    seen="Where every key is visible it is right. How much weight has a key with the score 0?",
    why="Hidden scores are 0 here, and exp(0) is 1. A key that is to have no weight has the score minus "
    "infinity.",
)  # fmt: skip
online.slip(
    "q @ keys.mT / q.shape[-1] ** 0.5", "q @ keys.mT / values.shape[-1] ** 0.5",
    name="scaled_by_values",
    seen="Which width are scores divided by the root of, that of keys or that of values?",
    why="The scores are divided by the root of the values' width here. They are sums over the width of "
    "the *keys*.",
)  # fmt: skip
online.slip(
    "if causal:", "if causal or True:", name="always_causal",
    seen="Where the future is hidden it is right. What if `causal` is False?",
    why="The future is always hidden here. If `causal` is False, every query sees all keys.",
)  # fmt: skip
online.slip(
    "if causal:", "if causal and False:", name="never_causal",
    seen="Where every key is visible it is right. What if `causal` is True?",
    why="Nothing is hidden here. If `causal` is True, no query sees a key after it.",
)  # fmt: skip


def in_blocks(q, k, v, block, causal):
    """The scores of each block, hidden ones at minus infinity, and its values."""
    Tq, Tk = q.shape[-2], k.shape[-2]
    for start in range(0, Tk, block):
        keys, values = k[..., start : start + block, :], v[..., start : start + block, :]
        ahead = torch.arange(start, start + keys.shape[-2]) > torch.arange(Tk - Tq, Tk)[:, None]
        scores = q @ keys.mT / q.shape[-1] ** 0.5
        yield scores.masked_fill(ahead, float("-inf")) if causal else scores, values


@online.misconception(
    seen="With one block it is right. With several, do all blocks together have the weight 1, or does "
    "each?",
    why="Each block gets a softmax of its own here, and the results are added up. The weights of *all* "
    "keys are 1 in sum, so the blocks have to share one sum.",
)
def softmax_of_each_block(q, k, v, block, causal):
    found = 0
    for scores, values in in_blocks(q, k, v, block, causal):
        weights = (scores - scores.amax(-1, keepdim=True)).exp().nan_to_num()
        found = found + weights / weights.sum(-1, keepdim=True).clamp(min=1e-9) @ values
    return found


@online.misconception(
    seen="With one block it is right. With several, does each block count alike, however small its "
    "scores are?",
    why="Each block gets a softmax of its own here, and the results are averaged. So a block of small "
    "scores counts as much as one of large ones. All blocks have to share one sum.",
)
def average_of_blocks(q, k, v, block, causal):
    found = blocks = 0
    for scores, values in in_blocks(q, k, v, block, causal):
        weights = (scores - scores.amax(-1, keepdim=True)).exp()
        found = found + weights / weights.sum(-1, keepdim=True) @ values
        blocks += 1
    return found / blocks


@online.misconception(
    seen="Right where no later score is far larger than those of the first block. What is exp(248), in "
    "numbers that a float32 holds?",
    why="The largest score of the first block serves for all blocks here. In exact numbers that would be "
    "right. But a later score may be larger by hundreds, and exp of that is infinity.",
)
def maximum_of_the_first_block(q, k, v, block, causal):
    first = total = found = None
    for scores, values in in_blocks(q, k, v, block, causal):
        if first is None:
            first, total, found = scores.amax(-1, keepdim=True), 0, 0
        weights = (scores - first).exp()
        total = total + weights.sum(-1, keepdim=True)
        found = found + weights @ values
    return found / total


@online.misconception(
    seen="With one block it is right. What was divided after the first block: is it divided again?",
    why="The weighted values are divided after each block here, by the sum so far, and go on into the "
    "next block as they are. What came first is divided several times. Divide once, after the last.",
)
def divided_again_and_again(q, k, v, block, causal):
    largest, total, found = torch.tensor(float("-inf"), dtype=q.dtype), 0, 0
    for scores, values in in_blocks(q, k, v, block, causal):
        new = torch.maximum(largest, scores.amax(-1, keepdim=True))
        weights, shrink = (scores - new).exp(), (largest - new).exp()
        total = total * shrink + weights.sum(-1, keepdim=True)
        found = (found * shrink + weights @ values) / total
        largest = new
    return found


@online.misconception(
    seen="Right where the blocks fill the text. How much weight have the keys that were filled up with "
    "zeros?",
    why="The last block is filled up with keys of zeros here. Their scores are 0, so they have weight, "
    "though they are no keys of the text. A shorter block needs no filling up.",
)
def filled_with_zeros(q, k, v, block, causal):
    Tq, Tk = q.shape[-2], k.shape[-2]
    missing = -Tk % block
    k, v = (torch.nn.functional.pad(each, (0, 0, 0, missing)) for each in (k, v))
    scores = q @ k.mT / q.shape[-1] ** 0.5
    if causal:
        ahead = torch.arange(Tk + missing) > torch.arange(Tk - Tq, Tk)[:, None]
        scores = scores.masked_fill(ahead, float("-inf"))
    weights = (scores - scores.amax(-1, keepdim=True)).exp()
    return weights / weights.sum(-1, keepdim=True) @ v


@online.misconception(
    seen="Where every key is visible it is right. Is a hidden key's weight 0 in the mixture, and in the "
    "sum as well?",
    why="Hidden keys have no weight in the mixture here, but they are still in the sum by which it is "
    "divided. So the weights of what is visible are less than 1 in sum.",
)
def hidden_in_the_sum(q, k, v, block, causal):
    largest, total, found = torch.tensor(float("-inf"), dtype=q.dtype), 0, 0
    masked = in_blocks(q, k, v, block, causal)
    for (scores, values), (hidden, _) in zip(in_blocks(q, k, v, block, False), masked, strict=True):
        new = torch.maximum(largest, scores.amax(-1, keepdim=True))
        weights, shrink = (scores - new).exp(), (largest - new).exp()
        total = total * shrink + weights.sum(-1, keepdim=True)
        found = found * shrink + weights.masked_fill(hidden == -torch.inf, 0.0) @ values
        largest = new
    return found / total


@online.misconception(
    seen="With one block it is right. By what is the first block divided, and by what should it be?",
    why="Each block is divided by the sum *so far* here. The first one is then divided by too little, "
    "and nothing makes up for it. The whole sum is known after the last block, so divide there, once.",
)
def divide_each_block(q, k, v, block, causal):
    largest, total, found = torch.tensor(float("-inf"), dtype=q.dtype), 0, 0
    for scores, values in in_blocks(q, k, v, block, causal):
        new = torch.maximum(largest, scores.amax(-1, keepdim=True))
        weights, shrink = (scores - new).exp(), (largest - new).exp()
        total = total * shrink + weights.sum(-1, keepdim=True)
        found = found * shrink + weights / total @ values
        largest = new
    return found


@online.misconception(
    seen="With small scores it is right. What is exp(250), in numbers that a float32 holds?",
    why="No largest score is taken away here, so that nothing has to be scaled. Then exp of a large "
    "score is infinity. That is what the running maximum is for.",
)
def no_maximum(q, k, v, block, causal):
    total = found = 0
    for scores, values in in_blocks(q, k, v, block, causal):
        total = total + scores.exp().sum(-1, keepdim=True)
        found = found + scores.exp() @ values
    return found / total


@online.misconception(
    seen="With one query it is right. Have all queries the same largest score?",
    why="One largest score serves all queries here. It is larger than most queries need, and where it is "
    "much larger, their weights all become 0. Each query keeps its own.",
)
def one_maximum_for_all(q, k, v, block, causal):
    largest, total, found = torch.tensor(float("-inf"), dtype=q.dtype), 0, 0
    for scores, values in in_blocks(q, k, v, block, causal):
        new = torch.maximum(largest, scores.max())
        weights, shrink = (scores - new).exp(), (largest - new).exp()
        total = total * shrink + weights.sum(-1, keepdim=True)
        found = found * shrink + weights @ values
        largest = new
    return found / total
