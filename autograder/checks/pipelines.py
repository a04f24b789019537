"""Checks and misconceptions for chapters/1_nlp/05_pipelines.md."""

from functools import cache
from itertools import pairwise

import torch

from autograder.exercise import Exercise
from autograder.judge import agree, differ
from autograder.lent import HEADS, INNER, PLACES, SPECIAL, WIDTH, WORDS, model, tokenizer, weights

# ---------------------------------------------------------------------------- classify_text


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


# ------------------------------------------------------------------------- zero_shot_scores


def hypotheses(g):
    def draw(labels, entail, contra, many):
        rows = torch.randn(labels, 3, generator=g).clamp(-1.5, 1.5) / 2
        rows[:, entail] += torch.linspace(-1, 1, labels)  # no two labels alike
        return rows, entail, contra, many

    return {
        "two labels compete": draw(2, 2, 0, False),
        "three labels are judged one by one": draw(3, 2, 0, True),
        "five labels compete and entailment stands first": draw(5, 0, 2, False),
        "four labels are judged and entailment stands first": draw(4, 0, 2, True),
        "entailment stands in the middle": draw(6, 1, 2, True),
        "contradiction stands in the middle": draw(4, 0, 1, True),
        "there is one label and multi_label is False": draw(1, 2, 0, False),
        "there is one label and multi_label is True": draw(1, 1, 0, True),
    }


zero_shot = Exercise(
    "pipelines.zero_shot_scores",
    title="Labels that the model was never trained on", needs=("classify_text",),
    points=2, difficulty=2, minutes=10, examples=hypotheses,
)  # fmt: skip


zero_shot.excuse("return nli_logits[:, entail].softmax(dim=0)", "of one axis, -1 is 0")


@zero_shot.probe  # nothing is trained here: gradients, which nearly cancel, are not compared
def _(answer, *args):
    return answer(*args)


@zero_shot.claim("the logits are as they were", universal=True)
def _(answer):
    agree(answer.after(MIXED, 2, 0, True)[0], MIXED)


@zero_shot.oracle("transformers.ZeroShotClassificationPipeline.postprocess")
def _(nli_logits, entail, contra, multi_label):
    from types import SimpleNamespace

    from transformers import ZeroShotClassificationPipeline

    names = {"contradiction": 0, "neutral": 1, "entailment": 2}  # where the library looks
    judge = object.__new__(ZeroShotClassificationPipeline)
    judge.model = SimpleNamespace(config=SimpleNamespace(label2id=names))
    rows = nli_logits[:, [contra, 3 - entail - contra, entail]]
    told = [{"candidate_label": i, "sequence": "", "logits": row[None]}
            for i, row in enumerate(rows)]  # fmt: skip
    found = judge.postprocess(told, multi_label=multi_label)
    return torch.tensor([found["scores"][found["labels"].index(i)] for i in range(len(rows))])


# contradiction, neutral, entailment
MIXED = torch.tensor([[1.0, 0.5, 2.0], [0.2, 0.9, -0.4], [-0.6, 0.1, 0.3], [0.8, -0.3, 1.1]])


def heard(answer, many):
    """The scores of labels that score differently, and keep their scores in another order."""
    scores = answer(MIXED, 2, 0, many)
    agree(answer(MIXED.flip(0), 2, 0, many), scores.flip(0))
    differ(scores, scores.flip(0))
    return scores


@zero_shot.claim("the scores of competing labels sum to 1")
def _(answer):
    agree(heard(answer, False).sum(), torch.tensor(1.0))


@zero_shot.claim("with multi_label a label's score does not depend on the other labels")
def _(answer):
    scores = answer(MIXED, 2, 0, True)
    agree(answer(MIXED[:2], 2, 0, True), scores[:2])
    differ(scores[:2], scores[2:])


@zero_shot.claim("how neutral a hypothesis is plays no part")
def _(answer):
    other = MIXED + torch.tensor([0.0, 1.0, 0.0]) * torch.arange(4.0)[:, None]
    for many in (False, True):
        agree(answer(other, 2, 0, many), heard(answer, many))


@zero_shot.claim("with multi_label as much entailment as contradiction gives one half")
def _(answer):
    even = torch.tensor([[0.7, 0.0, 0.7], [-1.2, 0.5, -1.2], [1.0, 0.0, 2.0]])
    scores = answer(even, 2, 0, True)
    agree(scores[:2], torch.tensor([0.5, 0.5]))
    assert scores[2] > 0.6


@zero_shot.claim("the columns may stand in any order")
def _(answer):
    for many in (False, True):
        agree(answer(MIXED[:, [2, 0, 1]], 0, 1, many), heard(answer, many))


@zero_shot.claim("a label alone does not score 1 merely for being alone")
def _(answer):
    for row in MIXED[:, None]:
        alone = answer(row, 2, 0, False)
        agree(alone, answer(row, 2, 0, True))
        assert 0.01 < alone.item() < 0.99


zero_shot.slip(
    "nli_logits[:, entail].softmax", "nli_logits[:, 0].softmax", name="entail_id_fixed_0",
    seen="Right where entailment stands first. Which column says entailment?",
    why="Column 0 was taken for entailment. Every model has an order of its own; `entail` says "
    "which column it is.",
)  # fmt: skip
zero_shot.slip(
    "[contra, entail]].softmax(dim=1)[:, 1]", "[entail, contra]].softmax(dim=1)[:, 1]",
    name="polarity",
    seen="The label that fits best scores lowest. Of which of the two is this the share?",
    why="This is the share of contradiction. Take that of entailment.",
)  # fmt: skip
zero_shot.slip(
    "nli_logits[:, [contra, entail]].softmax(dim=1)[:, 1]",
    "nli_logits.softmax(dim=1)[:, entail]", name="neutral_included",
    seen="One by one, the scores are too low, the more so the more neutral the hypothesis. Between "
    "which two does a label decide?",
    why="The softmax ran over all three columns. Neutral is left out: entailment against "
    "contradiction.",
)  # fmt: skip
zero_shot.slip(
    "nli_logits[:, [contra, entail]].softmax(dim=1)[:, 1]", "nli_logits[:, entail].sigmoid()",
    name="sigmoid_of_entailment",
    seen="One by one, is the score of a label free of what the model says against it?",
    why="A sigmoid of the entailment logit looks at one number, and a logit means something only "
    "beside the others of its row. Compare it with contradiction: a softmax of both.",
)  # fmt: skip
zero_shot.slip(
    "[contra, entail]].softmax(dim=1)[:, 1]", "[entail, contra]].softmax(dim=1)",
    name="both_columns",
    seen="One by one, two numbers come back for each label. Which of them is its score?",
    why="This is the softmax of entailment and contradiction with both of its columns. The score is "
    "the share of entailment alone.",
)  # fmt: skip
zero_shot.slip(
    "[:, [contra, entail]].softmax(dim=1)", "[:, [contra, entail]].softmax(dim=0)",
    name="multi_over_labels",
    seen="With multi_label, scores change with the other labels. Over which axis does that softmax "
    "run?",
    why="This softmax runs down the labels, which are to be judged one by one. It belongs between "
    "the two columns of each.",
)  # fmt: skip
zero_shot.slip(
    " or len(nli_logits) == 1", "", name="alone_is_certain",
    seen="One label alone always scores 1. With whom does it compete?",
    why="The softmax of a single number is 1, whatever the number. A label alone is judged as with "
    "`multi_label`: entailment against contradiction.",
)  # fmt: skip
zero_shot.slip(
    "multi_label or ", "", name="always_competing",
    seen="`multi_label` changes nothing. May a text be about two things?",
    why="The labels compete in any case here. With `multi_label` each is judged by itself.",
)  # fmt: skip
zero_shot.slip(
    "multi_label or len(nli_logits) == 1", "True", name="never_competing",
    seen="`multi_label` changes nothing. What should the scores of competing labels sum to?",
    why="Each label is judged by itself in any case here. Without `multi_label` they compete: a "
    "softmax of their entailment logits.",
)  # fmt: skip

zero_shot.slip(
    "nli_logits[:, entail].softmax(dim=0)",
    "(nli_logits[:, entail] - nli_logits[:, contra]).softmax(dim=0)", name="margins_compete",
    seen="What the model says *against* a label moves the scores. Which column competes?",
    why="The softmax ran over entailment minus contradiction. "
    "Labels that compete do so by their entailment logits and nothing else.",
)  # fmt: skip


def judged(nli_logits, entail, contra):
    return nli_logits[:, [contra, entail]].softmax(dim=1)[:, 1]


def normalised(shares):
    return shares / shares.sum()


def contended(shares, multi_label, compete):
    """The shares as they are, or as `compete` makes them where labels compete."""
    return shares if multi_label or len(shares) == 1 else compete(shares)


@zero_shot.misconception(
    seen="Scores of 0 and 1 only. How sure is the model?",
    why="The best label got everything. What is asked for are shares, by a softmax.",
)
def argmax_only(nli_logits, entail, contra, multi_label):
    if multi_label or len(nli_logits) == 1:
        return (nli_logits[:, entail] > nli_logits[:, contra]).float()
    return torch.nn.functional.one_hot(nli_logits[:, entail].argmax(), len(nli_logits)).float()


@zero_shot.misconception(
    seen="The scores sum to 1 and the order is nearly always right. Does it matter how neutral a "
    "hypothesis is?",
    why="Probabilities of entailment were divided by their sum. What competes are the entailment "
    "*logits*: one softmax, over the labels.",
)
def shares_renormalised(nli_logits, entail, contra, multi_label):
    if multi_label or len(nli_logits) == 1:
        return judged(nli_logits, entail, contra)
    return normalised(nli_logits.softmax(dim=1)[:, entail])


@zero_shot.misconception(
    seen="How neutral a hypothesis is moves every score, and one label alone always scores 1. Which "
    "of the three columns are compared?",
    why="These are the shares of entailment in a softmax over all three columns, divided by their "
    "sum where labels compete. Neutral is left out: labels that compete, compete by their "
    "entailment *logits*; a label by itself is entailment against contradiction.",
)
def softmax_over_each_row(nli_logits, entail, contra, multi_label):
    shares = nli_logits.softmax(dim=1)[:, entail]
    return shares if multi_label else normalised(shares)


@zero_shot.misconception(
    seen="How neutral a hypothesis is moves every score. Which of the three columns are compared?",
    why="Each label was first judged by itself, in a softmax over all three columns. Neutral is left "
    "out, and labels that compete do so by their entailment logits and nothing else.",
)
def rows_then_shares(nli_logits, entail, contra, multi_label):
    return contended(nli_logits.softmax(dim=1)[:, entail], multi_label, normalised)


@zero_shot.misconception(
    seen="One by one all is right. By what do labels compete?",
    why="Each label was first judged by itself, and the shares were divided by their sum. Labels that "
    "compete do so by their entailment logits and nothing else.",
)
def judged_then_normalised(nli_logits, entail, contra, multi_label):
    return contended(judged(nli_logits, entail, contra), multi_label, normalised)


@zero_shot.misconception(
    seen="The competing scores lie close together. What went into the softmax: logits, or shares?",
    why="Each label was first judged by itself, and a second softmax ran over the shares. Labels that "
    "compete do so by their entailment logits and nothing else.",
)
def judged_then_softmax(nli_logits, entail, contra, multi_label):
    shares = judged(nli_logits, entail, contra)
    return contended(shares, multi_label, lambda shares: shares.softmax(dim=0))


@zero_shot.misconception(
    seen="The competing scores lie close together, and a label alone scores 1. What went into the "
    "softmax: logits, or shares?",
    why="Each label was first judged by itself, and a second softmax, over one label or many, ran "
    "over the shares. Labels that compete do so by their entailment logits and nothing else; a label "
    "alone does not compete.",
)
def rows_then_softmax(nli_logits, entail, contra, multi_label):
    if multi_label:
        return judged(nli_logits, entail, contra)
    return nli_logits.softmax(dim=1)[:, entail].softmax(dim=0)


@zero_shot.misconception(
    seen="Only a label alone is off. Between which two does it decide?",
    why="Where there is one label, the softmax ran over all three columns. Neutral is left out: "
    "entailment against contradiction, as with `multi_label`.",
)
def neutral_where_alone(nli_logits, entail, contra, multi_label):
    if len(nli_logits) == 1:
        return nli_logits.softmax(dim=1)[:, entail]
    return by_sigmoid(nli_logits, entail, contra, multi_label)


@zero_shot.misconception(
    seen="Right for some models and wrong for others. Who says which column is which?",
    why="Column 0 was taken for entailment and column 1 for contradiction, in the order in which "
    "they are told. Every model has an order of its own; `entail` and `contra` say it.",
)
def columns_as_told(nli_logits, entail, contra, multi_label):
    return by_sigmoid(nli_logits, 0, 1, multi_label)


@zero_shot.misconception(
    seen="Right where contradiction stands first and entailment last. Who says which column is "
    "which?",
    why="Column 2 was taken for entailment and column 0 for contradiction, as many models have "
    "them. Every model has an order of its own; `entail` and `contra` say it.",
)
def entailment_last(nli_logits, entail, contra, multi_label):
    return by_sigmoid(nli_logits, 2, 0, multi_label)


@zero_shot.alternative
def by_sigmoid(nli_logits, entail, contra, multi_label):
    if multi_label or nli_logits.shape[0] < 2:
        return torch.sigmoid(nli_logits[:, entail] - nli_logits[:, contra])
    return torch.softmax(nli_logits, dim=0)[:, entail]


@zero_shot.alternative
def by_exp(nli_logits, entail, contra, multi_label):
    yes, no = nli_logits[:, entail].exp(), nli_logits[:, contra].exp()
    return yes / (yes + no) if multi_label or len(yes) == 1 else yes / yes.sum()
