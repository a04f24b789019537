"""The town's tokenizers: byte-level BPE for town-gpt, WordPiece for town-bert, Unigram for town-t5.

Owns how text is cut. The first two are built by hand in chapters/1_nlp/03_tokenization.md and
04_other_tokenizers.md.
"""

from collections import Counter
from itertools import islice
from math import log
from string import printable

from tokenizers import (
    AddedToken,
    Tokenizer,
    decoders,
    models,
    normalizers,
    pre_tokenizers,
    trainers,
)
from tokenizers.processors import TemplateProcessing
from transformers import BertTokenizerFast, PreTrainedTokenizerFast

from byhand.town import documents

SEED = 1_000  # of the stream that the vocabularies are learned from
DOCUMENTS = 40_000
END = "<|endoftext|>"
SPECIALS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
# what town-bert reads, and how much of each
READ = {
    "story": 6, "entity": 2, "sentiment": 1, "entailment": 1, "pronoun": 1, "agreeing": 1,
    "ambiguous": 1, "archive": 1, "question": 1,
}  # fmt: skip


# what town-t5 is asked to do, in front of what it reads
TRANSLATE, SUMMARIZE = "translate English to French: ", "summarize: "
SENTINELS = 16  # one for each span that is left out of a story, and one at the end


def texts(kinds=None, n: int = DOCUMENTS):
    for document in islice(documents(SEED, kinds), n):
        yield document.text


def byte_level_bpe(size: int = 1024, context: int = 256) -> PreTrainedTokenizerFast:
    """GPT-2's kind: 256 bytes and the most frequent merges. Digits stand alone, as in Llama's, so
    that a sum can be done column by column."""
    inner = Tokenizer(models.BPE())
    inner.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Digits(individual_digits=True),
        pre_tokenizers.ByteLevel(add_prefix_space=False),
    ])  # fmt: skip
    inner.decoder = decoders.ByteLevel()
    inner.train_from_iterator(
        texts(),
        trainers.BpeTrainer(
            vocab_size=size,
            special_tokens=[END],
            initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
            show_progress=False,
        ),
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=inner,
        bos_token=END,
        eos_token=END,
        pad_token=END,
        model_max_length=context,
        clean_up_tokenization_spaces=False,
    )


def wordpiece(size: int = 1024, context: int = 256) -> BertTokenizerFast:
    """BERT's kind. Cased: in the town, Baker is a person and a baker is not."""
    inner = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    inner.normalizer = normalizers.BertNormalizer(lowercase=False, strip_accents=False)
    inner.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    inner.decoder = decoders.WordPiece()
    inner.train_from_iterator(
        texts(READ),
        trainers.WordPieceTrainer(vocab_size=size, special_tokens=SPECIALS, show_progress=False),
    )
    inner.post_processor = TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[(mark, inner.token_to_id(mark)) for mark in ("[CLS]", "[SEP]")],
    )
    return BertTokenizerFast(
        tokenizer_object=inner, do_lower_case=False, model_max_length=context, strip_accents=False
    )


def unigram(size: int = 1536, context: int = 256) -> PreTrainedTokenizerFast:
    """T5's kind, for both languages: words, and what the others are put together from.

    Marks of punctuation stand alone, so that a word is the same token before a full stop as before
    another word. The pieces are those that a larger BPE uses most: the library's own trainer looks
    at each word once, however frequent it is, and cuts the frequent ones to letters.
    """
    sentinels = [  # with the space before one, which would stand alone
        AddedToken(f"<extra_id_{number}>", lstrip=True, special=True) for number in range(SENTINELS)
    ]
    specials = {"<pad>": 0.0, "</s>": 0.0, "<unk>": 0.0}
    letters = [letter for letter in printable if not letter.isspace()]
    larger = words_and_marks(Tokenizer(models.BPE()))
    larger.train_from_iterator(
        sources_and_targets(),
        trainers.BpeTrainer(vocab_size=2 * size, initial_alphabet=letters, show_progress=False),
    )
    used = Counter(token for text in sources_and_targets() for token in larger.encode(text).tokens)
    used.update(piece for piece in larger.get_vocab() if len(piece) == 1)
    total = used.total()
    pieces = {piece: used.pop(piece) for piece in sorted(used) if len(piece) == 1}
    pieces |= used.most_common(size - SENTINELS - len(specials) - len(pieces))
    shares = {piece: log(times / total) for piece, times in pieces.items()}
    inner = words_and_marks(Tokenizer(models.Unigram(list((specials | shares).items()), unk_id=2)))
    inner.add_special_tokens([*specials, *sentinels[::-1]])  # the first is the last id, as in T5
    inner.post_processor = TemplateProcessing(
        single="$A </s>", pair="$A </s> $B </s>", special_tokens=[("</s>", 1)]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=inner,
        pad_token="<pad>",
        eos_token="</s>",
        unk_token="<unk>",
        extra_special_tokens=sentinels,
        model_max_length=context,
        clean_up_tokenization_spaces=False,
    )


def words_and_marks(inner: Tokenizer) -> Tokenizer:
    inner.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Metaspace(prepend_scheme="first"), pre_tokenizers.Punctuation()]
    )
    inner.decoder = decoders.Metaspace()
    return inner


def sources_and_targets():
    """What town-t5 reads, and what it is to write."""
    for document in islice(documents(SEED, {"french": 2, "story": 1}), DOCUMENTS):
        if document.kind == "french":
            yield TRANSLATE + document.part("english")
            yield document.part("french")
        else:
            yield SUMMARIZE + document.text
            yield document.summary
