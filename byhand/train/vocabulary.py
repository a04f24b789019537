"""The town's tokenizers: byte-level BPE for town-gpt and WordPiece for town-bert.

Owns how text is cut. Both are built by hand in chapters/1_nlp/03_tokenization.md and
04_other_tokenizers.md.
"""

from itertools import islice

from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers
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
