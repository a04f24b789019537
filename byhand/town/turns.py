"""How things change hands in Tiny Town: the sentences that any story may use.

Data only. The slots are those of `plots`.
"""

from byhand.town.options import Patterns

OPENINGS = Patterns(
    "It was a {mood} {day} in Tiny Town.",
    "On {day} morning the whole town smelled of {smell}.",
    "Nothing ever happens in Tiny Town on a {day}.",
    "The clock in the square said {number}, so it was much later.",
    "It had rained since {day}, and even the ducks were tired of it.",
    "The mayor had promised that {day} would be {mood}.",
    "Somebody had painted the town hall {colour} in the night.",
    "It all began on a {day}, just before breakfast.",
    "Tiny Town was {mood} that {day}, and so was the {animal}.",
    "One {mood} {day}, this is what happened.",
)

HAVE = Patterns(
    "{a} had {o|a} at the {q}.",
    "Over at the {q}, {a} had {o|a}.",
    "There was only one {o} in town, and {a} had it at the {q}.",
    "{a} was at the {q} with {o|a} that nobody had asked for.",
    "{a}, at the {q}, had {o|a} to spare.",
    "As luck would have it, {a} had {o|a} at the {q}.",
)

WHY = Patterns(
    "{x|he} had to milk the cow",
    "{x|he} had a cake in the oven",
    "{x|his} soup was not to be left alone",
    "{x|he} was afraid of the {animal} on the road",
    "{x|his} left boot was full of water",
    "{x|he} had promised to hold a ladder",
    "{x|his} aunt was coming to tea",
    "{x|he} never walked on a {day}",
    "{x|he} was in the middle of a nap",
    "{x|his} feet had begun to complain",
    "it was nearly bedtime",
    "it looked like rain",
    "{x|he} had lost a bet with the {animal}",
    "{x|he} could not remember the way",
    sentence=False,
)
WHY_OTHER = Patterns(
    "{y} had the faster legs",
    "{y} was going that way",
    "{y} could never say no",
    "{y} had a cart and a patient donkey",
    "{y} knew a short cut",
    sentence=False,
)

GO = Patterns(
    "{x} carried the {o} to the {p}.",
    "{x} set off for the {p} with the {o} under one arm.",
    "{x} walked to the {p}, and the {o} went along.",
    "With the {o} in a bag, {x} hurried to the {p}.",
    "{x} took the {o} to the {p} and did not drop it once.",
    "{x} rode to the {p} on a borrowed donkey, with the {o} on top.",
)

GIVE = Patterns(
    "{y} came by, and {x} gave {y|him} the {o}, because [{why}].",
    "{x} gave the {o} to {y}, because [{why}].",
    "{x} handed the {o} to {y}, since [{why}].",
    "{y} passed by, and {x} let {y|him} have the {o}, because [{why}].",
    '"Take this to {h}," said {x} and gave {y} the {o}, because [{why}].',
    "So {y} got the {o} from {x}, because [{why}].",
)

LEAVE = Patterns(
    "{x} left the {o} at the {p}, because [{why}].",
    "{x} put the {o} down at the {p}, because [{why}].",
    "{x} forgot the {o} at the {p}, because [{why}].",
)
FIND = Patterns(
    "{y} found the {o} and picked it up.",
    "{y} came along, saw the {o} and took it.",
    "{y} nearly fell over the {o}, so {y|he} took it along.",
)

ARRIVE = Patterns(
    "{x} gave the {o} to {h}.",
    "{x} put the {o} into {h}'s hands.",
    "{h} held out both hands, and {x} gave {h|him} the {o}.",
    "At last {h} got the {o} from {x}.",
    '"I believe this is for you," said {x} and gave {h} the {o}.',
    "{x} gave {h} the {o} without a word and with a small bow.",
)

CLOSINGS = Patterns(
    "Nobody in Tiny Town spoke of anything else until supper.",
    "The {animal} had seen everything and said nothing.",
    "{h} wrote it all down and spelled most of it right.",
    "Then everybody went home, and some of them went to the right one.",
    "The mayor called it a triumph and asked what had happened.",
    "{a} said that it had been nothing, and told it {number} times.",
    "And {h} never forgot it, or at least not before {day}.",
    "It was in the newspaper on {day}, between the weather and the hens.",
    "{h} thanked {a}, and {a} thanked {h}, and it took until dark.",
    "That is how things get done in Tiny Town.",
    "The town slept well, apart from the {animal}.",
    "In the end there was soup for everybody.",
)

WANTED = Patterns(
    "{w} asked for the {o}, but {x} did not hear it.",
    "{w} wanted the {o} too, but {x} kept it.",
    "{w} looked at the {o}, and {x} looked at {w}.",
)
OTHER = Patterns("{w} had {o2|a} that nobody needed.", "{w} kept {o2|a} in bed.")
BECAUSE = Patterns("{giver}", "{taker}", sentence=False)
