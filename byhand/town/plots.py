"""Why things change hands in Tiny Town: twelve troubles, and how each begins and ends.

Data only. In a pattern, h is who has the trouble, a who has the thing that helps, x gives,
y receives, o is the thing, p a place, q another one, w an onlooker; what stands in [brackets]
answers why. `story` says in which order they come.
"""

from typing import NamedTuple

from byhand.town.options import Patterns


class Plot(NamedTuple):
    """A trouble; `theme` names the objects that end it, `short` is how a summary puts it."""

    theme: str
    short: str
    need: Patterns
    solve: Patterns
    eats: bool = False


PLOTS = {
    "hungry": Plot(
        "hungry",
        "was hungry",
        Patterns(
            "{h} sat at the {p} and [was too hungry to think].",
            "At the {p}, {h} [was hungry], and {h|his} stomach said so out loud.",
            "{h} [had eaten nothing since {day}] and sat down at the {p}.",
            "{h} was at the {p} and [so hungry that {h|he} looked twice at {h|his} shoes].",
        ),
        Patterns(
            "{h} ate the {o} in two bites and thanked everybody by name.",
            "{h} ate the {o} and slept until {day}.",
            "{h} ate the {o} so fast that nobody saw it happen.",
            "{h} ate the {o}, and then {h|he} asked what was for supper.",
        ),
        eats=True,
    ),
    "locked": Plot(
        "locked",
        "stood before a locked door",
        Patterns(
            "{h} stood at the {p}, and [the door was locked].",
            "At the {p}, {h} found that [somebody had locked the door] and gone fishing.",
            "{h} could not get into the {p}, because [the door was stuck].",
            "[The door of the {p} would not open], so {h} sat down in front of it.",
        ),
        Patterns(
            "{h} took the {o}, and the door gave up at once.",
            "One turn of the {o}, and the door was open.",
            "With the {o}, {h} opened the door and found that it was a cupboard.",
            "The door opened before {h} could use the {o}, because it had only been shy.",
        ),
    ),
    "escaped": Plot(
        "escaped",
        "had to catch a runaway",
        Patterns(
            "At the {p}, {h}'s {beast} had [got out] and would not come down.",
            "{h} stood at the {p} and called, because [the {beast} had run away].",
            "The {beast} was loose at the {p}, and {h} knew that [it was {h|his} turn to catch it].",
            "[{beast|a} sat on the roof] of the {p}, and it belonged to {h}.",
        ),
        Patterns(
            "The {beast} saw the {o}, thought about it, and went home with {h}.",
            "{h} held up the {o}, and the {beast} came down like a lady.",
            "The {beast} was so fond of the {o} that it followed {h} all the way home.",
            "{h} hid behind the {o} until the {beast} came to look.",
        ),
    ),
    "post": Plot(
        "post",
        "was waiting for the post",
        Patterns(
            "{h} waited at the {p}, because [the post had not come since {day}].",
            "Nobody had written to {h} for a year, so {h|he} sat at the {p} and [hoped for mail].",
            "{h} stood at the {p} and [expected news from {paris}].",
            "[There was something in the post for {h}], who was at the {p} and knew nothing of it.",
        ),
        Patterns(
            "{h} read the {o} twice and smiled the second time.",
            "The {o} was from {h}'s aunt, who wrote that she had nothing to write.",
            "The {o} was for somebody else, but {h} enjoyed it very much.",
            "{h} read the {o} aloud, and the whole street came to listen.",
        ),
    ),
    "lost": Plot(
        "lost",
        "had lost something",
        Patterns(
            "{h} looked under every chair at the {p}, because [something was missing].",
            "At the {p}, {h} felt that [{h|he} had lost something], but not what.",
            "{h} stood at the {p} and [had left half of {h|his} things on the train].",
            "{h} had come to the {p} in the dark and [forgotten to get dressed properly].",
        ),
        Patterns(
            "{h} had looked for the {o} everywhere, except where it was.",
            "{h} put the {o} on and felt like a mayor.",
            "It was the right {o}, and {h} only had to turn it round.",
            "{h} kissed the {o}, and everybody looked the other way.",
        ),
    ),
    "party": Plot(
        "party",
        "had a birthday",
        Patterns(
            "It was {h}'s birthday, and {h|he} sat at the {p} and [pretended not to know].",
            "At the {p}, {h} [was having a birthday] and had told everybody at least twice.",
            "[{h} turned nine or ninety that day], and the cake at the {p} had no room for candles.",
            "{h} [had wished for only one thing] and waited at the {p} to see what it was.",
        ),
        Patterns(
            "{h} was so glad of the {o} that {h|he} forgot the cake.",
            "{h} gave the {o} a name, and the name was {day}.",
            "It was the best {o} that {h} had ever been given, and also the only one.",
            "{h} slept with the {o} under the pillow for a week.",
        ),
    ),
    "leak": Plot(
        "leak",
        "had a leaking roof",
        Patterns(
            "[The roof of the {p} leaked], and the first drop fell on {h}.",
            "{h} stood at the {p}, and [the water came up to {h|his} ankles].",
            "At the {p}, [it rained inside], and {h} held up a spoon.",
            "{h} was at the {p} and had noticed that [the ceiling was dripping].",
        ),
        Patterns(
            "Thanks to the {o}, {h} could sit down again, in the dry half.",
            "{h} went to work with the {o}, and the frogs had to leave.",
            "{h} put the {o} where the water came in, and it went elsewhere.",
            "The {o} did it, and {h} bowed as if there were music.",
        ),
    ),
    "parade": Plot(
        "parade",
        "was late for the parade",
        Patterns(
            "The parade was about to start at the {p}, and [{h} had nothing to play].",
            "{h} stood first in the parade at the {p} and [had come with empty hands].",
            "At the {p}, the band was ready, but [{h} had sat on {h|his} trumpet].",
            "{h} was at the {p} and [had to lead the parade], whatever that meant.",
        ),
        Patterns(
            "{h} marched off with the {o}, and the parade went after {h|him}.",
            "The {o} was heard as far as the next town, and they wrote to complain.",
            "{h} was wonderful with the {o}, and only two windows broke.",
            "{h} raised the {o}, and even the geese walked in step.",
        ),
    ),
    "dark": Plot(
        "dark",
        "sat in the dark",
        Patterns(
            "It was dark at the {p}, and [{h} could not find {h|his} nose].",
            "{h} sat at the {p}, where [the light had gone out].",
            "At the {p}, {h} had begun to read when [it grew dark].",
            "{h} was at the {p} and [afraid of a shadow with ears].",
        ),
        Patterns(
            "In the light of the {o}, {h} saw that it was {h|his} own coat.",
            "{h} set the {o} on the table, and the dark went to stand outside.",
            "With the {o}, {h} found the last page, and it was the wrong book.",
            "The {o} shone, and {h} saw nine cats that {h|he} had not invited.",
        ),
    ),
    "cold": Plot(
        "cold",
        "was cold",
        Patterns(
            "{h} sat at the {p} and [was as cold as a key].",
            "At the {p}, [{h}'s teeth played a tune], and it was not a good one.",
            "The stove at the {p} had gone out, and [{h} could not feel {h|his} feet].",
            "{h} was at the {p} and [had a cold], which {h|he} shared with everybody.",
        ),
        Patterns(
            "Soon {h} was warm enough behind the {o} to complain about the heat.",
            "{h} held the {o} close and turned pink, one ear at a time.",
            "{h} sneezed once more, for the {o}, and was well.",
            "The {o} helped, and {h} would not give it back before {day}.",
        ),
    ),
    "boat": Plot(
        "boat",
        "was stuck in a boat",
        Patterns(
            "{h} sat in a boat near the {p}, and [the boat did not move].",
            "In a boat behind the {p}, {h} [had been going in circles since {day}].",
            "{h} had tied a boat to the {p} and [was lost all the same].",
            "{h}'s boat lay by the {p}, and [something was missing from it].",
        ),
        Patterns(
            "{h} used the {o} at once, and the boat went backwards.",
            "With the {o} on board, {h} sailed as far as the ducks would allow.",
            "{h} shouted with joy, dropped the {o} on {h|his} foot, and was off.",
            "The {o} fitted, and {h} was home before the soup was cold.",
        ),
    ),
    "play": Plot(
        "play",
        "was not dressed for the play",
        Patterns(
            "The play at the {p} had begun, and [{h} was a king without anything kingly].",
            "{h} stood behind the curtain at the {p} and [had nothing to wear].",
            "At the {p}, {h} [had to be a dragon in ten minutes].",
            "{h} was the star of the play at the {p}, but [something was missing].",
        ),
        Patterns(
            "{h} walked on with the {o}, and the audience woke up.",
            "{h} forgot every word, but the {o} got a big hand.",
            "The {o} was too large, so {h} played a smaller king.",
            "{h} bowed, the {o} fell off, and that was the best part.",
        ),
    ),
}
