"""When a text ends, and how several texts are followed at once.

Owns: no cache; a model is a function from ids to scores.
"""

from collections.abc import Callable

from jaxtyping import Float, Int
from torch import Tensor


def should_stop(
    ids: list[int],
    text: str,
    eos: int,
    stop_strings: list[str],
    min_new: int,
    max_new: int,
    prompt_len: int,
) -> tuple[bool, str]:
    """Whether the writing stops here, and what of the text is kept: (stop, kept_text).

    `ids` are all ids so far, of which the first `prompt_len` are the prompt's. `text` is what the new
    ones say, without the end mark. At `max_new` new ids or more the writing stops. From `min_new` new
    ids on it also stops if the last of them is `eos`, or if a stop string occurs in the text. With
    fewer new ids neither of the two counts. If a stop string counts, the text is kept up to where it
    begins, even if the writing stops for another reason as well. Of several stop strings, the one that
    begins first in the text decides. In all other cases the whole text is kept. No stop string is
    empty.

    Source: `EosTokenCriteria`, `StopStringCriteria` and `MinNewTokensLengthLogitsProcessor` of
    transformers; keeping what comes before the stop string is the habit of servers.
    """
    new = len(ids) - prompt_len
    stop, kept = new >= max_new, text
    if new >= min_new:
        stop = stop or (new > 0 and ids[-1] == eos)
        places = [place for string in stop_strings if (place := text.find(string)) >= 0]
        if places:
            stop, kept = True, text[: min(places)]
    return stop, kept


def beam_search(
    logp_fn: Callable[[list[int]], Float[Tensor, "V"]],
    prompt: list[int],
    W: int,
    max_new: int,
    eos: int,
    alpha: float,
) -> tuple[list[int], float]:
    """The best text that W beams find, and its score: (ids, score), the prompt's ids included.

    `logp_fn(ids)` gives the log-probability of each token of the vocabulary after these ids. A beam
    is a text with the sum of the log-probabilities of its new ids. In each step every beam is
    extended by every token, and the new texts are ranked by their sums. Those among the best W that
    end with `eos` are finished. Of the texts that do not end with `eos`, the best W go on; the rest
    are dropped. After `max_new` steps (1 or more) the beams that are left count as finished, too.

    The score of a finished text is its sum divided by (number of its new ids, `eos` included) **
    alpha. The text with the highest score is the result. Nothing ties.

    Source: Graves 2012, section 2 (beams); `length_penalty` of transformers' `generate`.
    """
    live, finished = [(0.0, [])], []
    for _ in range(max_new):
        grown = []
        for total, new in live:
            logps = logp_fn([*prompt, *new]).tolist()
            grown += [(total + logp, [*new, token]) for token, logp in enumerate(logps)]
        grown.sort(key=lambda beam: beam[0], reverse=True)
        finished += [beam for beam in grown[:W] if beam[1][-1] == eos]
        live = [beam for beam in grown if beam[1][-1] != eos][:W]

    def score(beam):
        return beam[0] / len(beam[1]) ** alpha

    best = max(finished + live, key=score)
    return [*prompt, *best[1]], score(best)


def no_repeat_ngram(
    logits: Float[Tensor, "B V"], ids: Int[Tensor, "B T"], n: int
) -> Float[Tensor, "B V"]:
    """The logits with minus infinity for each token that would repeat a run of n ids.

    A token is banned in a row if the last n - 1 ids of that row, followed by the token, are already
    somewhere in the row. With n = 1 each id of the row is banned. Each row is looked at by itself.
    `n` is 1 or more. In a row of fewer than n ids nothing is banned.

    Source: Paulus et al. 2017, section 2.5 (for n = 3); `NoRepeatNGramLogitsProcessor`.
    """
    kept = logits.clone()
    for row, text in enumerate(ids.tolist()):
        last = text[len(text) - n + 1 :]
        for start in range(len(text) - n + 1):
            if text[start : start + n - 1] == last:
                kept[row, text[start + n - 1]] = float("-inf")
    return kept
