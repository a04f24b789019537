"""Checks and misconceptions for `classify_text`."""

from functools import cache
from itertools import pairwise

import torch

from autograder.exercise import Exercise
from autograder.exercise.tiny_bert import (
    HEADS,
    INNER,
    PLACES,
    SPECIAL,
    WIDTH,
    WORDS,
    model,
    tokenizer,
    weights,
)


def some_texts(g):
    def text(length):
        return " ".join(WORDS[i] for i in torch.randint(len(WORDS), (length,), generator=g))

    def lent(*names, **more):
        seed = torch.randint(10**6, (1,), generator=g).item()
        return tokenizer(), model(seed, names or ("negative", "positive"), **more)

    moods = ("calm", "angry", "glad", "bored")
    return {
        "there is one short text": ([text(3)], *lent()),
        "there are three labels": ([text(4)], *lent(*moods[:3])),
        "the model comes in train mode": ([text(5)], *lent(training=True)),
        "label 0 is the positive one": ([text(2), text(2)], *lent("positive", "negative")),
        "two texts differ in length": ([text(2), text(7)], *lent()),
        "a text is longer than the model can read": ([text(14)], *lent()),
        "all logits are negative": ([text(4), text(4), text(4)], *lent(*moods, shift=-3.0)),
        "four texts come in train mode, one of them too long": (
            [text(6), text(1), text(12), text(3) + " unheard"], *lent(*moods[:3], training=True),
        ),
    }  # fmt: skip


classify = Exercise(
    "pipelines.classify_text", fast_track=True,
    title="A pipeline by hand", needs=("softmax",),
    points=3, difficulty=2, minutes=15, examples=some_texts, forbid=("pipeline",),
)  # fmt: skip


@classify.oracle('transformers.pipeline("text-classification") on a BERT from a local folder')
def _(texts, tokenizer, model):
    names = tuple(model.config.id2label.values())
    return library_pipeline(model.config.name_or_path, names)(texts, truncation=True)


@cache
def library_pipeline(name, names):
    """The library's pipeline, of a folder that holds the same weights and the same words."""
    from tempfile import TemporaryDirectory

    import transformers
    from tokenizers import Tokenizer, models, pre_tokenizers, processors

    known = {word: i for i, word in enumerate(SPECIAL + WORDS)}
    cut = Tokenizer(models.WordLevel(known, unk_token="[UNK]"))
    cut.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    cut.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    words = transformers.PreTrainedTokenizerFast(
        tokenizer_object=cut, model_max_length=PLACES, pad_token="[PAD]", unk_token="[UNK]",
        cls_token="[CLS]", sep_token="[SEP]",
    )  # fmt: skip
    config = transformers.BertConfig(
        vocab_size=len(SPECIAL + WORDS), hidden_size=WIDTH, num_hidden_layers=1,
        num_attention_heads=HEADS, intermediate_size=INNER, max_position_embeddings=PLACES,
        id2label=dict(enumerate(names)), label2id={n: i for i, n in enumerate(names)},
    )  # fmt: skip
    bert = transformers.BertForSequenceClassification(config)
    bert.load_state_dict(weights(name, len(names)), strict=True)
    with TemporaryDirectory() as folder:
        bert.save_pretrained(folder)
        words.save_pretrained(folder)
        return transformers.pipeline("text-classification", model=folder, dtype=torch.float32)


def near(got, wanted) -> bool:
    """The same labels with the same scores?"""
    pairs = list(zip(got, wanted, strict=True))
    alike = all(one["label"] == other["label"] for one, other in pairs)
    return alike and all(abs(one["score"] - other["score"]) < 1e-4 for one, other in pairs)


def spread(results) -> bool:
    """Are no two scores alike?"""
    scores = sorted(float(one["score"]) for one in results)
    return all(b - a > 1e-3 for a, b in pairwise(scores))


TRIO = ["soup was cold", "tea and tea", "very good view"]


@classify.claim("a text gets the same score alone as beside longer ones")
def _(answer):
    texts = ["dull", "the view was not cold"]
    together = answer(texts, tokenizer(), model(3))
    assert spread(together)
    assert near(together, [answer([text], tokenizer(), model(3))[0] for text in texts])


@classify.claim("there is one result for every text, in the order of the texts")
def _(answer):
    forwards = answer(TRIO, tokenizer(), model(3))
    assert len(forwards) == 3
    assert spread(forwards)
    assert near(answer(TRIO[::-1], tokenizer(), model(3)), forwards[::-1])


@classify.claim("a label has the name that the config gives it, whatever the name")
def _(answer):
    one = answer(TRIO, tokenizer(), model(3, ("calm", "angry")))
    other = answer(TRIO, tokenizer(), model(3, ("ruhig", "wild")))
    german = {"calm": "ruhig", "angry": "wild"}
    assert spread(one)
    assert [german[told["label"]] for told in one] == [told["label"] for told in other]


@classify.claim("a score is a share of one text's labels: more in all logits changes none of it")
def _(answer):
    plain = answer(TRIO, tokenizer(), model(3))
    assert spread(plain)
    assert all(0.5 <= told["score"] <= 1 for told in plain)
    assert near(answer(TRIO, tokenizer(), model(3, shift=-4.0)), plain)


@classify.claim("the model is in eval mode when it is called, in whatever mode it comes")
def _(answer):
    for training in (True, False):
        lent = model(3, training=training)
        assert spread(answer(TRIO, tokenizer(), lent))
        assert lent.last.modes
        assert not any(lent.last.modes)


@classify.claim("the list of texts is as it was", universal=True)
def _(answer):
    texts = ["soup was cold", "the view was good but dull"]
    assert answer.after(texts, tokenizer(), model(3))[0] == texts


classify.slip(
    "model(**encoded)", 'model(encoded["input_ids"])', name="no_attention_mask",
    seen="Beside a longer text a score changes. Who tells the model what is padding?",
    why="Padding was read like words. Pass the mapping, `model(**encoded)`: the mask is in it.",
)  # fmt: skip
classify.slip(
    "model.eval()", "pass", name="train_mode",
    seen="A model that comes in train mode gives other numbers. What does dropout do at that time?",
    why="In train mode dropout sets random numbers to 0, and every call gives another answer. "
    "`model.eval()` turns it off.",
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
    seen="The first four decimals are right. Who asked for four?",
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
    why="The whole mapping went in as `input_ids`; `model(**encoded)` passes tensors by name.",
)  # fmt: skip
classify.slip(
    ', return_tensors="pt")', ")", name="lists_of_ids",
    seen="The model got lists of numbers. What does it compute with?",
    why='Without `return_tensors="pt"` a tokenizer gives Python lists. A model wants tensors.',
)  # fmt: skip
classify.slip(
    "truncation=True, ", "", name="not_truncated",
    seen="It fails on a text of fourteen words. How many positions does the model have?",
    why="The model has no positions for so many tokens; `truncation=True` cuts long texts.",
)  # fmt: skip
classify.slip(
    "padding=True, ", "", name="not_padded",
    seen="It fails where texts differ in length. What shape has the tensor of ids?",
    why="Rows of different length make no tensor: `padding=True` fills up the short ones.",
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
    why="The names were written down here, in an order that not every model has. Each model says "
    "in `model.config.id2label` what its numbers stand for.",
)
def names_assumed(texts, tokenizer, model):
    model.eval()
    encoded = tokenizer(texts, padding=True, truncation=True, return_tensors="pt")
    return named(model(**encoded).logits, ("negative", "positive", "neutral", "mixed"))


@classify.misconception(
    seen="Every label has its share. Which of them is the answer?",
    why="A text came back with the shares of all labels. The likeliest is asked for, under the keys "
    "`label` and `score`.",
)
def all_shares(texts, tokenizer, model):
    model.eval()
    logits = model(**tokenizer(texts, padding=True, truncation=True, return_tensors="pt")).logits
    names = model.config.id2label
    return [{names[i]: share for i, share in enumerate(row)} for row in logits.softmax(1).tolist()]


@classify.alternative
def one_by_one(texts, tokenizer, model):
    model, results = model.eval(), []
    for text in texts:
        encoded = tokenizer(text, truncation=True, return_tensors="pt").to(model.device)
        score, best = torch.softmax(model(**encoded)[0][0], dim=0).max(0)
        results.append({"label": model.config.id2label[int(best)], "score": float(score)})
    return results


@classify.alternative
def padded_to_the_most(texts, tokenizer, model):
    e = tokenizer(texts, padding="max_length", truncation=True, max_length=10, return_tensors="pt")
    outputs = model.train(False)(input_ids=e.input_ids, attention_mask=e["attention_mask"])
    weights = outputs["logits"].exp()
    rows = (weights / weights.sum(1, keepdim=True)).tolist()
    names = model.config.id2label
    return [{"score": max(row), "label": names[row.index(max(row))]} for row in rows]
