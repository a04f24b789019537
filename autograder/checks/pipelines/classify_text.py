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

    def typed(*names):  # a tokenizer whose third tensor says something
        return tokenizer(typed=1), lent(*names)[1]

    moods = ("calm", "angry", "glad", "bored")
    turned = {i: moods[i] for i in (2, 0, 1)}  # a mapping has its keys in any order
    seed = torch.randint(10**6, (1,), generator=g).item()
    return {
        "there is one short text": ([text(3)], *lent()),
        "there are three labels": ([text(4)], *lent(*moods[:3])),
        "the model comes in train mode": ([text(5)], *lent(training=True)),
        "label 0 is the positive one": ([text(2), text(2)], *lent("positive", "negative")),
        "two texts differ in length": ([text(2), text(7)], *lent()),
        "a text is longer than the model can read": ([text(14)], *lent()),
        "all logits are negative": ([text(4), text(4), text(4)], *lent(*moods, shift=-3.0)),
        "the names are listed in another order than their numbers": (
            [text(3), text(5), text(4), text(6)], tokenizer(), model(seed, turned),
        ),
        "the tokenizer makes token_type_ids that are not all 0": (
            [text(4), text(4), text(4)], *typed(*moods),
        ),
        "four texts come in train mode, one of them too long": (
            [text(6), text(1), text(12), text(3) + " unheard"], *lent(*moods[:3], training=True),
        ),
    }  # fmt: skip


classify = Exercise(
    "pipelines.classify_text", fast_track=True,
    title="A pipeline by hand", needs=("softmax",),
    points=3, difficulty=2, minutes=20, examples=some_texts, forbid=("pipeline",),
)  # fmt: skip


@classify.oracle('transformers.pipeline("text-classification") on a BERT from a local folder')
def _(texts, tokenizer, model):
    names = tuple(name for _, name in sorted(model.config.id2label.items()))
    typed = max(tokenizer(WORDS[0]).token_type_ids)
    return library_pipeline(model.config.name_or_path, names, typed)(texts, truncation=True)


@cache
def library_pipeline(name, names, typed):
    """The library's pipeline, of a folder that holds the same weights and the same words."""
    from tempfile import TemporaryDirectory

    import transformers
    from tokenizers import Tokenizer, models, pre_tokenizers, processors

    known = {word: i for i, word in enumerate(SPECIAL + WORDS)}
    cut = Tokenizer(models.WordLevel(known, unk_token="[UNK]"))
    cut.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    cut.post_processor = processors.TemplateProcessing(
        single=f"[CLS] $A:{typed} [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    words = transformers.PreTrainedTokenizerFast(
        tokenizer_object=cut, model_max_length=PLACES, pad_token="[PAD]", unk_token="[UNK]",
        cls_token="[CLS]", sep_token="[SEP]",
        model_input_names=["input_ids", "token_type_ids", "attention_mask"],
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
        return transformers.pipeline(  # read from the folder, the tokenizer would type as BERT's
            "text-classification", model=folder, tokenizer=words, dtype=torch.float32
        )


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


@classify.claim("large logits are as good as small ones: nothing overflows", universal=True)
def _(answer):
    large = answer(TRIO, tokenizer(), model(3, shift=100.0))
    assert near(large, answer(TRIO, tokenizer(), model(3)))


@classify.claim("the list of texts is as it was", universal=True)
def _(answer):
    texts = ["soup was cold", "the view was good but dull"]
    assert answer.after(texts, tokenizer(), model(3))[0] == texts


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
    e = tokenizer(
        texts, padding="max_length", truncation="longest_first", return_attention_mask=True,
        max_length=model.config.max_position_embeddings, return_tensors="pt",
    )  # fmt: skip
    told = {"attention_mask": e["attention_mask"], "token_type_ids": e["token_type_ids"]}
    logits = model.train(False)(input_ids=e.input_ids, return_dict=True, **told)["logits"]
    weights = (logits - logits.amax(1, keepdim=True)).exp()
    rows = (weights / weights.sum(1, keepdim=True)).tolist()
    names = model.config.id2label
    return [{"score": max(row), "label": names[row.index(max(row))]} for row in rows]
