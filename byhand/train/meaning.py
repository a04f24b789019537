"""Two drills for town-t5, so that the encoder's vector of a word tells what the word means there.

A decoder that needs the sense of a word finds the cue as easily as the encoder does; where it may
look at both, nothing makes the word's own vector tell. In the first drill the decoder sees nothing
but one word. In the second, two sentences exchange the vector of a word that they share, and the
translation is to follow the vector: training by interchange interventions (Geiger et al. 2022,
arXiv 2112.00826).
"""

from zlib import crc32

from byhand.town.document import WORD
from byhand.town.senses import MEANING, MEANINGS


def one_word(document) -> tuple[int, int, str] | None:
    """An English word as (start, end) and its French: in its sense, or as it agrees."""
    if document.senses:
        (told,) = document.senses
        return told.sense and (told.start, told.end, MEANINGS[told.word, told.sense].french)
    english = [match.span() for match in WORD.finditer(document.part("english"))]
    french = WORD.findall(document.part("french"))
    at = crc32(document.text.encode()) % (len(english) - 1)  # not the full stop
    return *english[at], " ".join(french[j] for i, j in document.alignment if i == at)


def other_sense(document) -> str | None:
    """The French with the other sense of its word, where the English tells one."""
    if not document.senses or not document.senses[0].sense:
        return None
    told = document.senses[0]
    (other,) = (sense for sense in MEANING[told.word].values if sense != told.sense)
    french = [MEANINGS[told.word, sense].french for sense in (told.sense, other)]
    return document.part("french").replace(*french)


def partners(words: list[tuple[str, str]], random) -> list[int | None]:
    """For each (word, sense) the number of another with the same word in its other sense."""
    found = []
    for word, sense in words:
        fit = [i for i, other in enumerate(words) if other[0] == word and other[1] != sense]
        found.append(random.choice(fit) if fit else None)
    return found
