"""Misconceptions about `classify_text`."""

from autograder.checks.pipelines.classify_text import classify

classify.slip(
    "model(**encoded)", 'model(encoded["input_ids"])', name="no_attention_mask",
    seen="Beside a longer text a score changes. Who tells the model what is padding?",
    why="These are the numbers of ids alone: padding is read like words. Pass the mapping, "
    "`model(**encoded)`: the mask is in it.",
)  # fmt: skip
classify.slip(
    "model(**encoded)", "model(**{**encoded, 'attention_mask': encoded['input_ids'] * 0 + 1})",
    name="mask_of_ones",
    seen="Beside a longer text a score changes. Which tokens does the mask say are text?",
    why="These are the numbers of a mask without a 0: padding is read like words. The tokenizer's "
    "own mask says what is padding; pass it on as it is.",
)  # fmt: skip
classify.slip(
    "model(**encoded)", "model(encoded['input_ids'], encoded['attention_mask'])",
    name="third_tensor_dropped",
    seen="Right where ids and mask are all that counts. What else does the tokenizer make?",
    why="These are the numbers of ids and mask without the rest of the mapping. A tokenizer may make "
    "more, such as `token_type_ids`, and its model was trained with it: `model(**encoded)` passes "
    "all.",
)  # fmt: skip
classify.slip(
    "names[row.argmax().item()]", "[*names.values()][row.argmax().item()]",
    name="names_as_they_stand",
    seen="Right where the names are listed in the order of their numbers. How is a name found by "
    "its number?",
    why="These are the names by their place in the mapping. `id2label` may list its numbers in any "
    "order. `id2label[number]` asks for the number itself.",
)  # fmt: skip
classify.slip(
    "model.eval()", "pass", name="train_mode",
    seen="A model that comes in train mode gives other numbers. What does dropout do in that mode?",
    why="In train mode dropout sets random numbers to 0, and every call gives another answer. "
    "`model.eval()` turns it off.",
    reread="The mode that a model is in",
)  # fmt: skip
classify.slip(
    "logits.softmax(dim=1)", "logits.sigmoid()", name="sigmoid",
    seen="Do the shares of a text's labels sum to 1?",
    why="A sigmoid looks at each label by itself, for texts that may have several. Here one label "
    "is right, and a softmax lets them compete.",
)  # fmt: skip
classify.slip(
    "softmax(dim=1)", "softmax(dim=0)", name="softmax_batch",
    seen="A text alone gets a score of 1. Over which axis should the shares sum to 1?",
    why="This softmax runs down the batch, so the texts compete. The labels are to compete: "
    "the last axis.",
)  # fmt: skip
classify.slip(
    "logits.softmax(dim=1)", "logits", name="raw_logits",
    seen="Are these scores between 0 and 1?",
    why="These scores are logits. A softmax over the labels makes shares of them.",
)  # fmt: skip
classify.slip(
    "names[row.argmax().item()]", "row.argmax().item()", name="label_id",
    seen="A label came back as a number. Who knows its name?",
    why="`model.config.id2label` maps each label's number to its name.",
)  # fmt: skip
classify.slip(
    "names[row.argmax().item()]", "names[row.argmax()]", name="label_by_tensor",
    seen="The key that is not found is a tensor. What are the keys of `id2label`?",
    why="`argmax` gives a tensor with one number in it, and the keys of `id2label` are ints: "
    "`.item()` makes one of it.",
)  # fmt: skip
classify.slip(
    "row.max().item()", "round(row.max().item(), 4)", name="rounded",
    seen="The first four decimals are right. Where do the others go?",
    why="These are scores rounded to four decimals, as they are printed above. Return the whole "
    "number and round where you print.",
)  # fmt: skip
classify.slip(
    "row.max().item()", "row.max()", name="tensor_score",
    seen="The numbers are right. What type has a score?",
    why="The score is a tensor with one number in it. `.item()` makes a Python float of it.",
)  # fmt: skip
classify.slip(
    "model(**encoded)", "model(encoded)", name="not_unpacked",
    seen="The model got one argument. What did it take that for?",
    why="The whole mapping went in as `input_ids`. `model(**encoded)` passes its tensors by name.",
)  # fmt: skip
classify.slip(
    ', return_tensors="pt")', ")", name="lists_of_ids",
    seen="The model got lists of numbers. What does it compute with?",
    why='Without `return_tensors="pt"` a tokenizer gives Python lists. A model wants tensors.',
)  # fmt: skip
classify.slip(
    "truncation=True, ", "", name="not_truncated",
    seen="It fails on a text of fourteen words. How many tokens can this model read, and where was "
    "the text to be cut?",
    why="More tokens came than the model has positions for. `truncation=True` cuts at the length "
    "that this model can read. A fixed `max_length`, such as 512, belongs to another model.",
)  # fmt: skip
classify.slip(
    "padding=True, ", "", name="not_padded",
    seen="It fails where texts differ in length. What shape has the tensor of ids?",
    why="Rows of different length make no tensor: `padding=True` fills up the short ones. (One text "
    "at a time needs no padding.)",
)  # fmt: skip
classify.slip(
    ', return_tensors="pt")', ', return_tensors="pt", add_special_tokens=False)',
    name="no_special_tokens",
    seen="With what does every text begin that a BERT was trained on?",
    why="The texts came without [CLS] and [SEP]. A BERT gives its answer at [CLS].",
)  # fmt: skip


def named(logits, names):
    scores, best = logits.softmax(dim=-1).max(-1)
    pairs = zip(best.tolist(), scores.tolist(), strict=True)
    return [{"label": names[i], "score": score} for i, score in pairs]


@classify.misconception(
    seen="Short texts are right. Which words of a long one are read?",
    why="The *last* tokens of a long text were kept, and [CLS] was lost with its beginning. "
    "`truncation=True` keeps the beginning and puts [CLS] and [SEP] around it.",
)
def truncates_left(texts, tokenizer, model):
    model.eval()
    encoded = tokenizer(texts, padding=True, return_tensors="pt")
    most = tokenizer.model_max_length
    logits = model(**{name: rows[:, -most:] for name, rows in encoded.items()}).logits
    return named(logits, model.config.id2label)


@classify.misconception(
    seen="The scores are right, some of the names are not. Is label 0 the negative one in every "
    "model?",
    why="These are the names of one model, which another does not have. Each model says in "
    "`model.config.id2label` what its numbers stand for.",
)
def names_assumed(texts, tokenizer, model):
    model.eval()
    encoded = tokenizer(texts, padding=True, truncation=True, return_tensors="pt")
    return named(model(**encoded).logits, ("negative", "positive", "neutral", "mixed"))


@classify.misconception(
    seen="Every label has its share. Which of them is the answer?",
    why="A text came back with the shares of all labels. The task asks for the likeliest one, under "
    "the keys `label` and `score`.",
)
def all_shares(texts, tokenizer, model):
    model.eval()
    logits = model(**tokenizer(texts, padding=True, truncation=True, return_tensors="pt")).logits
    names = model.config.id2label
    return [{names[i]: share for i, share in enumerate(row)} for row in logits.softmax(1).tolist()]
