"""What goes wrong in `few_shot_prompt`."""

from autograder.checks.prompting.few_shot_prompt import shots

shots.slip(
    " if question != query]", "]", name="leaks_label",
    seen="Look for the query among the examples. Does the model still have anything to do?",
    why="An example with the question that is asked stays in here. It has the answer, so one measures "
    "whether the model can copy.",
)  # fmt: skip
shots.slip(
    "lines[start:]", "lines[: len(lines) - start]", name="keeps_the_first",
    seen="The number of examples is right. From which end are they dropped?",
    why="Examples are dropped from the last one on here. The ones nearest to the query stay, so they "
    "are dropped from the first one on.",
)  # fmt: skip
shots.slip(
    "lines[start:]", "lines[start:][::-1]", name="reversed_order",
    seen="All examples are there. In which order?",
    why="The examples come in reverse here. A prompt in another order is another prompt, and can get "
    "another answer.",
)  # fmt: skip
shots.slip(
    "query])\n", 'query + " "])\n', name="space_at_the_end",
    seen="What is the very last character of the prompt?",
    why="The prompt ends with a space here. In most vocabularies the space belongs to the word after it, "
    "so the model reads a lone space that it has hardly ever seen there.",
)  # fmt: skip
shots.slip(
    "query])\n", 'query, ""])\n', name="break_at_the_end",
    seen="What is the very last character of the prompt?",
    why="The prompt ends with a line break here. To the model the line of the query is then over, and "
    "nothing is left to be answered on it. The break takes up a token, too.",
)  # fmt: skip
shots.slip(
    '"\\n".join', '"\\n\\n".join', name="blank_lines",
    seen="What is between two lines of the prompt?",
    why="There is a blank line between all lines here. One line break is enough, and each further one "
    "takes up tokens that examples could have.",
)  # fmt: skip
shots.slip(
    "range(len(lines) + 1)", "range(max(1, len(lines)))", name="one_is_always_kept",
    seen="What if not even one example fits?",
    why="The last example is never dropped here, so there is an error although instruction and query "
    "fit. Without any example it is a prompt as well.",
)  # fmt: skip
shots.slip(
    "<= budget", "<= budget + 1", name="one_above",
    seen="How many tokens does the longest of your prompts have?",
    why="One token more than the budget is let through here.",
)  # fmt: skip
shots.slip(
    "<= budget", "< budget", name="one_below",
    seen="What if the prompt has exactly as many tokens as the budget?",
    why="A prompt that fits exactly counts as too long here. With as many tokens as the budget it fits.",
)  # fmt: skip


@shots.misconception(
    seen="What is left of the example that did not quite fit?",
    why="Characters are cut off at the front of the examples until the prompt fits here, so an example "
    "begins in its middle. Half an example is a wrong example. It is dropped as a whole.",
)
def truncates_mid_example(instruction, examples, query, tokenizer, budget):
    body = "\n".join(f"{question} {answer}" for question, answer in examples if question != query)
    while True:
        prompt = "\n".join([instruction, body, query] if body else [instruction, query])
        if len(tokenizer.encode(prompt)) <= budget:
            return prompt
        if not body:
            raise ValueError("no room")
        body = body[1:]


@shots.misconception(
    seen="The prompt fits. What does it end with?",
    why="A prompt that is too long loses its end here, and at the end is the query. The model then reads "
    "examples and no question.",
)
def drops_query(instruction, examples, query, tokenizer, budget):
    lines = [f"{question} {answer}" for question, answer in examples if question != query]
    lines = [instruction, *lines, query]
    while len(tokenizer.encode("\n".join(lines))) > budget:
        lines.pop()
    return "\n".join(lines)


@shots.misconception(
    seen="One example did not fit. What happened to those before it?",
    why="An example that is too long is skipped here, and shorter ones before it come in. The "
    "rule has no gaps: from the first one on, examples are dropped until the rest fits.",
)
def skips_long_ones(instruction, examples, query, tokenizer, budget):
    if len(tokenizer.encode("\n".join([instruction, query]))) > budget:
        raise ValueError("no room")
    kept = []
    for question, answer in reversed(examples):
        line = f"{question} {answer}"
        prompt = "\n".join([instruction, line, *kept, query])
        if question != query and len(tokenizer.encode(prompt)) <= budget:
            kept.insert(0, line)
    return "\n".join([instruction, *kept, query])


@shots.misconception(
    seen="Which tokens of the prompt are counted?",
    why="The tokens of each line are counted alone here, and the line breaks between them are not. The "
    "model reads those, too. Encode the whole prompt, as the model will read it.",
)
def line_by_line(instruction, examples, query, tokenizer, budget):
    lines = [f"{question} {answer}" for question, answer in examples if question != query]
    for start in range(len(lines) + 1):
        kept = [instruction, *lines[start:], query]
        if sum(len(tokenizer.encode(line)) for line in kept) <= budget:
            return "\n".join(kept)
    raise ValueError("no room")


@shots.misconception(
    seen="Which tokens of the prompt are counted?",
    why="The tokens of each line are counted alone here, and one for each line break. But a tokenizer "
    "may make one token of a break and what comes after it. Encode the whole prompt, as the model "
    "will read it.",
)
def line_by_line_and_breaks(instruction, examples, query, tokenizer, budget):
    lines = [f"{question} {answer}" for question, answer in examples if question != query]
    for start in range(len(lines) + 1):
        kept = [instruction, *lines[start:], query]
        if sum(len(tokenizer.encode(line)) + 1 for line in kept) - 1 <= budget:
            return "\n".join(kept)
    raise ValueError("no room")


@shots.misconception(
    seen="The examples are within the budget. What else is in the prompt?",
    why="The query is not counted here, but the model reads it, too. Count the tokens of the prompt as a "
    "whole.",
)
def query_not_counted(instruction, examples, query, tokenizer, budget):
    lines = [f"{question} {answer}" for question, answer in examples if question != query]
    for start in range(len(lines) + 1):
        kept = [instruction, *lines[start:]]
        if len(tokenizer.encode("\n".join(kept))) <= budget:
            return "\n".join([*kept, query])
    raise ValueError("no room")


@shots.misconception(
    seen="The examples are within the budget. What else is in the prompt?",
    why="The instruction is not counted here, but the model reads it, too. Count the tokens of the "
    "prompt as a whole.",
)
def instruction_not_counted(instruction, examples, query, tokenizer, budget):
    lines = [f"{question} {answer}" for question, answer in examples if question != query]
    for start in range(len(lines) + 1):
        kept = [*lines[start:], query]
        if len(tokenizer.encode("\n".join(kept))) <= budget:
            return "\n".join([instruction, *kept])
    raise ValueError("no room")


@shots.misconception(
    seen="Look for the query among the examples once more. How often was it there?",
    why="Only the first example with the question that is asked is left out here. Another one still has "
    "the answer.",
)
def first_leak_only(instruction, examples, query, tokenizer, budget):
    asked = [question for question, _ in examples]
    place = asked.index(query) if query in asked else len(asked)
    examples = examples[:place] + examples[place + 1 :]
    lines = [f"{question} {answer}" for question, answer in examples]
    for start in range(len(lines) + 1):
        prompt = "\n".join([instruction, *lines[start:], query])
        if len(tokenizer.encode(prompt)) <= budget:
            return prompt
    raise ValueError("no room")


@shots.misconception(
    seen="What if some of the examples would fit?",
    why="There is an error here as soon as not all examples fit. Drop examples one by one, and raise "
    "only if the prompt is too long without any.",
)
def all_or_error(instruction, examples, query, tokenizer, budget):
    lines = [f"{question} {answer}" for question, answer in examples if question != query]
    prompt = "\n".join([instruction, *lines, query])
    if len(tokenizer.encode(prompt)) > budget:
        raise ValueError("no room")
    return prompt


@shots.misconception(
    seen="Two examples are equal. How many of them are to be shown?",
    why="Equal examples are shown once here. They stay as they are: only the query is looked for.",
)
def no_doubles(instruction, examples, query, tokenizer, budget):
    pairs = dict.fromkeys(map(tuple, examples))
    return shortened(instruction, pairs, query, budget, lambda text: len(tokenizer.encode(text)))


@shots.misconception(
    seen="Is every line an example that holds the query really about the same question?",
    why="An example is left out here because the query occurs in its question or answer. Only an example "
    "whose question *is* the query gives the answer away.",
)
def query_inside(instruction, examples, query, tokenizer, budget):
    lines = [f"{question} {answer}" for question, answer in examples]
    lines = [line for line in lines if query not in line]
    for start in range(len(lines) + 1):
        prompt = "\n".join([instruction, *lines[start:], query])
        if len(tokenizer.encode(prompt)) <= budget:
            return prompt
    raise ValueError("no room")


@shots.misconception(
    seen="What happens where not even the query fits?",
    why="A prompt that is longer than the budget is given back here when no example is left. Whoever "
    "calls the function has to hear of it: a ValueError is raised.",
)
def too_long_all_the_same(instruction, examples, query, tokenizer, budget):
    lines = [f"{question} {answer}" for question, answer in examples if question != query]
    while lines and len(tokenizer.encode("\n".join([instruction, *lines, query]))) > budget:
        lines = lines[1:]
    return "\n".join([instruction, *lines, query])


@shots.misconception(
    seen="What is counted against the budget?",
    why="Characters are counted here. The window of a model counts tokens, so far fewer examples are "
    "used than would fit.",
)
def characters(instruction, examples, query, tokenizer, budget):
    return shortened(instruction, examples, query, budget, len)


@shots.misconception(
    seen="What is counted against the budget?",
    why="Words are counted here. One word can be several tokens, so the prompt may be too long for the "
    "model.",
)
def words(instruction, examples, query, tokenizer, budget):
    return shortened(instruction, examples, query, budget, lambda text: len(text.split()))


def shortened(instruction, examples, query, budget, length):
    lines = [f"{question} {answer}" for question, answer in examples if question != query]
    for start in range(len(lines) + 1):
        prompt = "\n".join([instruction, *lines[start:], query])
        if length(prompt) <= budget:
            return prompt
    raise ValueError("no room")
