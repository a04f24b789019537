"""A drill for town-bert: which of several hand-overs is a question about?

Stories ask who gave a thing to whom, and why. Where they were all it had, the trunk answered
without looking for the names of the question: most stories have one hand-over or two. Here are
passages of several stories in one row and a question about one of them, and for each token
whether the question has it, too.
"""

from zlib import crc32

ASKS = ("Why did", "Who gave")
ROOM = 100  # tokens in a row


def passage(document, fast) -> tuple | None:
    """(ids of the sentences with hand-overs, ids of a question, first and last of its answer)."""
    asked = [q for q in document.questions if q.text.startswith(ASKS)]
    if not asked:
        return None
    start = document.text.rfind(". ", 0, min(q.start for q in asked)) + 1
    end = document.text.find(".", max(q.end for q in asked)) + 1
    one = asked[crc32(document.text.encode()) % len(asked)]
    read = fast.encode(document.text[start:end], add_special_tokens=False)
    answer = [
        i for i, (a, b) in enumerate(read.offsets)
        if one.start <= start + a and start + b <= one.end
    ]  # fmt: skip
    question = fast.encode(one.text, add_special_tokens=False).ids
    if not answer or len(question) + len(read.ids) + 3 > ROOM:
        return None
    return read.ids, question, answer[0], answer[-1]


def among_others(rows, random, first: int, separator: int) -> list[tuple]:
    """Each passage with as many of the others before and after it as a row has room for.

    Returns (ids, type ids, 1 where an answer may stand, first and last of the answer, and per token
    whether the question has it: -100 in the question itself).
    """
    made = []
    for number, (ids, question, start, end) in enumerate(rows):
        left = ROOM - len(question) - 3 - len(ids)
        before, after = [], []
        for other in random.sample(range(len(rows)), min(len(rows), 12)):
            passage = rows[other][0]
            if other == number or len(passage) > left:
                continue
            left -= len(passage)
            if random.random() < 0.5:
                before = passage + before
            else:
                after = after + passage
        head = [first, *question, separator]
        text = [*before, *ids, *after, separator]
        at, known = len(head) + len(before), set(question)
        made.append((
            head + text,
            [0] * len(head) + [1] * len(text),
            [0] * len(head) + [1] * (len(text) - 1) + [0],
            at + start,
            at + end,
            [-100] * len(head) + [int(token in known) for token in text],
        ))  # fmt: skip
    return made
