"""What a model is given to read, and what is made of several answers.

Owns: prompts as text, and numbers about answers. Ignores how a model writes.
"""

import re
from collections import Counter
from decimal import Decimal

from jaxtyping import Float, Int
from torch import Tensor


def render_chat(
    messages: list[dict[str, str]], template: dict[str, str], add_generation_prompt: bool
) -> str:
    """A conversation as the one text that a model reads.

    Each message has a `role` ("system", "user" or "assistant") and a `content`. In `template`, the
    text under `bos` begins everything, once. The text under a role opens each message of that role,
    and the text under `end` closes every message. Each of them can be empty. In between is the content,
    without spaces, tabs and line breaks at its two ends, and may be empty. With
    `add_generation_prompt`, a message of the assistant is opened last, whoever spoke before.

    A system message can only be the first one. It is not empty, and another message follows it. Where
    the template has no key "system", it is no message of its own. Its content and a blank line (two
    line breaks) are put in front of the content of the next message, whoever says that. Both contents
    lose what is at their ends before they are put together.

    Source: `apply_chat_template` of transformers; a system message without marks as in Llama 2.
    """
    text, before = template["bos"], ""
    for message in messages:
        role, content = message["role"], message["content"].strip()
        if role == "system" and role not in template:
            before = content + "\n\n"
            continue
        text += template[role] + before + content + template["end"]
        before = ""
    return text + template["assistant"] if add_generation_prompt else text


def few_shot_prompt(
    instruction: str, examples: list[tuple[str, str]], query: str, tokenizer, budget: int
) -> str:
    """An instruction, examples and a query, a line each, in at most `budget` tokens.

    An example is a question and its answer, and its line has a space between them. The query is the
    last line, and nothing follows it, neither a space nor a line break. Examples keep their order, and
    all texts stay as they are. An example whose question is the query, letter by letter, would give the
    answer away. Every such example is left out. Apart from these, equal examples are all kept.

    `tokenizer.encode(text)` gives the ids of a text. If the prompt as a whole has too many, whole
    examples are dropped, from the first one on, until the rest fits. If instruction and query alone do
    not fit, a ValueError is raised.

    Source: Brown et al. 2020, section 2.
    """
    lines = [f"{question} {answer}" for question, answer in examples if question != query]
    for start in range(len(lines) + 1):
        prompt = "\n".join([instruction, *lines[start:], query])
        if len(tokenizer.encode(prompt)) <= budget:
            return prompt
    raise ValueError(f"instruction and query alone have more than {budget} tokens")


def score_choices(
    logits: Float[Tensor, "N T V"],
    ctx_len: int,
    choice_ids: Int[Tensor, "N To"],
    choice_mask: Int[Tensor, "N To"],
    choice_bytes: Int[Tensor, "N"],
) -> tuple[Float[Tensor, "N"], Float[Tensor, "N"], Float[Tensor, "N"]]:
    """How likely each of N answers is: its log-probability, the same per token, and per byte.

    Row n of `logits` comes from a model that has read the context, of `ctx_len` tokens and the same
    in every row, and after it the n-th answer, so T = ctx_len + To. The logits at a position are
    about the token after it. Row n of `choice_ids` has the ids of the n-th answer, padded at the
    right with any ids, and `choice_mask` is 1 at an id of the answer and 0 at padding. An answer has
    one token at least, and so does the context. `choice_bytes` are the lengths of the answers as UTF-8.
    Logarithms are natural.

    Source: Brown et al. 2020, section 2.4; `acc` and `acc_norm` (there per character) of the
    lm-evaluation-harness.
    """
    To = choice_ids.shape[1]
    logp = logits[:, ctx_len - 1 : ctx_len - 1 + To].log_softmax(dim=-1)
    each = logp.gather(-1, choice_ids[..., None]).squeeze(-1)
    total = each.masked_fill(choice_mask == 0, 0.0).sum(dim=-1)
    return total, total / choice_mask.sum(dim=-1), total / choice_bytes


def extract_answer(text: str) -> str | None:
    """The last number in a text, as it is written but without the commas in it, or None.

    A number is digits 0 to 9, and maybe a point and further digits. Before the point, commas belong to
    it where they separate groups of three digits, of which the first group may be shorter:
    "1,234,567" is one number, "1,23" and "1234,567" are two each. A minus (the character "-") right
    before the first digit belongs to it, unless a letter (of any alphabet), a digit or an underscore is
    right before the minus: "-3" is one number, in "8-3" the last one is "3". A point with no digit
    after it ends a sentence.

    Numbers are read from the left, each as long as it can be: "2.5.3" is "2.5" and "3". Nothing else
    belongs to a number: in "+3", "3%" and "1e3" the last one is "3".

    Source: the habit of those who grade worked problems; the rules for commas and signs are ours.
    """
    number = r"(?:(?<!\w)-)?(?:[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])|[0-9]+)(?:\.[0-9]+)?"
    found = re.findall(number, text)
    return found[-1].replace(",", "") if found else None


def majority_vote(answers: list[str | None]) -> str | None:
    """The answer that was given most often.

    Answers are numbers in digits, such as "12", "-3" or "0.50", or None where there was none. None is
    not counted. Numbers that are equal count as the same answer, however they are written, and the
    result is written as the first of them. A number may have more digits than a float can hold. If
    several answers were given equally often, the one that came first is the result. Without any number
    it is None.

    Source: Wang et al. 2023, section 2.
    """
    given = [answer for answer in answers if answer is not None]
    if not given:
        return None
    (winner, _), *_ = Counter(map(Decimal, given)).most_common()  # of a tie, the first one counted
    return next(answer for answer in given if Decimal(answer) == winner)


def pass_at_k(n: int, c: int, k: int) -> float:
    """The probability that k answers, taken from n without putting any back, have a right one.

    c of the n answers are right. It is at least 0 and at most n, and k is at least 1 and at most n.

    Source: Chen et al. 2021, equation 1.
    """
    all_wrong = 1.0
    for i in range(k):
        all_wrong *= (n - c - i) / (n - i)  # 0 once no wrong one is left
    return 1 - all_wrong


def best_of_n(scores: Float[Tensor, "B N"]) -> Int[Tensor, "B"]:
    """For each of B questions, which of its N answers has the highest score.

    Answers are counted from 0, and the result is int64. If several have the highest score, the first
    one is taken.

    Source: Nakano et al. 2021, where it is called best-of-n.
    """
    return scores.argmax(dim=-1)
