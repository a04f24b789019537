"""Tiny Town: documents of any amount, of which everything is known.

    >>> from byhand.town import document, documents, read, floor
    >>> told = document(7, 0, "story")       # document 0 of stream 7; always the same
    >>> told.text, told.events, told.questions, told.summary, told.known
    >>> next(documents(7, split="validation")).kind
    >>> read(told.text, "story").surprisal   # exact, in nats, letter by letter
    >>> floor().known_per_character          # what the best of all models pays

**What is in it.** The mixture, by share of its documents: stories 55 % (6 to 14 sentences, 1 to 4
transfers, one in five with invented names), `archive` entries 10 %, `question` and answer 10 %,
`code` episodes 10 %, `sum`s 10 %, `noise`, `duplicate`s and `canary` lines 5 %. By name there are
also `summary`, `instruction`, `dialogue`, `preference`, `french`, `entailment`, `sentiment`,
`entity`, and what a story puts between its sentences: `agreeing`, `ambiguous` and `pronoun`.
`KINDS` maps each name to its grammar.

**The world** (`WORLD`) is fixed: 512 citizens who each live somewhere, have a job, a pet and a
favourite colour. Stories use first names only, so facts are stated in archive entries alone, and
an epoch (`MIXTURE.epoch` documents) states the facts of a citizen exactly 0, 1, 4, 16, 64 or 256
times. Another `Mixture` has other counts. Half of the citizens are `asked`: questions about them
are part of the mixture and come on top, so measure memory on the others. Nobody knows about those
of exposure 0, and half of them are asked and say so. Home and job are told forwards ("Rose lives
at the mill"), in reverse ("The judge at the mill is Rose") or both ways: `Citizen.way`. Jobs and
pronouns lean 80/20 in six jobs, not the ones of real life, and are even in six controls.

**Seeds.** Everything is drawn with `Random(number(seed, split, index, attempt))`, which packs its
four numbers side by side: no two documents share one, and no document needs those before it.
Only `random()` and integer weights are used, so every Python gives the same text.

**Splits.** No text stands in two of them: short kinds go by a checksum of their text (14 to 1 to
1), sums by a remainder of their terms (so no *sum* is in two), stories and summaries by their
seed, at some 80 nats each. Validation and test have stories in place of canaries and duplicates.

**Two floors.** A grammar asks its `Pen` for every choice, from left to right, and the pen notes
what it cost: -log p in nats for a reader who knows the facts (`known`) and for one who knows only
how they are drawn (`unknown`). The sum over choices is -log p of the text if no other choices
give the same text. That holds because options differ in what they write, at once or before the
next full stop of that kind, and where they did not, the grammar was changed: a word without a cue
has no sense, an order is only chosen where it shows. It is not only argued. `read` tries every
choice against a text, counts the derivations (one), and adds up the probability of all that it
tried (one), in one kind or in the whole mixture. So it also gives the exact probability of every
beginning, the floor under each token, and scores text that a model wrote. `exact` walks all paths
of a kind on which later choices depend; stories have too many and are `sampled`, with a standard
error. The floors are those of the grammar: by the checksums above, a split differs a little.

**What a choice says.** `Choice` has its place in the text, so that a model's excess over the floor
can be taken at the word that decides: a `fact lives`, an `answer`, a `pronoun`, the verb of an
`agreement` (with the wrong form to compare, and how many nouns stood in between), a `sense`.

**What it is not.** Sarcasm is a marked pattern. The entailment is that of seven claims, and a
premise alone tells whether the label is neutral. Two readers of one archive entry that differ in
the frequency of the names are not modelled: both know how often everybody is written about.
"""

from byhand.town import (  # these fill KINDS
    archive,
    asides,
    drills,
    entailment,
    entities,
    feelings,
    french,
    noise,
    questions,
    story,
    talk,
)
from byhand.town.document import Choice, Document, Event, Part, Question, Sense, Span
from byhand.town.floors import Floor, exact, floor, sampled
from byhand.town.reading import Derivation, Reading, read
from byhand.town.stream import GRAMMARS as KINDS
from byhand.town.stream import LONGEST, MIXTURE, SPLITS, Mixture, document, documents
from byhand.town.world import WORLD, Canary, Citizen, World

KIND_MODULES = (archive, asides, drills, entailment, entities, feelings, french, noise, questions,
                story, talk)  # fmt: skip

__all__ = [
    "KINDS",
    "LONGEST",
    "MIXTURE",
    "SPLITS",
    "WORLD",
    "Canary",
    "Choice",
    "Citizen",
    "Derivation",
    "Document",
    "Event",
    "Floor",
    "Mixture",
    "Part",
    "Question",
    "Reading",
    "Sense",
    "Span",
    "World",
    "document",
    "documents",
    "exact",
    "floor",
    "read",
    "sampled",
]
