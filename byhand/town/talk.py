"""Talk: instructions and replies, dialogues, pairs of replies of which one is better, summaries.

Owns what a helpful reply is. Parts say who speaks, so that a loss can leave the prompt out.
"""

from byhand.town.drills import TERM
from byhand.town.feelings import feel
from byhand.town.french import simple
from byhand.town.options import Draw, Options, Patterns
from byhand.town.pen import Pen
from byhand.town.questions import Short
from byhand.town.story import story
from byhand.town.stream import kind
from byhand.town.words import ANIMAL, COLOUR, FIRST, JOB, NUMBER, OBJECT, PLACE

USER, TOWN = "User: ", "Town: "


@kind
def summary(pen: Pen) -> None:
    """A story and its one-sentence summary."""
    pen.begin("story")
    story(pen)
    pen.end()
    pen.line("In short: ")
    pen.begin("summary")
    pen.mark("summary", pen.summary)


# ---- instructions

SORT = Options(("story", "who", "sum", "list", "feeling", "capitals", "repeat", "french"))
ASKS = {
    "story": Patterns("Tell me a story about {o|a}.", "Write a short story with {o|a} in it."),
    "sum": Patterns("What is {a} + {b}?", "Add {a} and {b}."),
    "capitals": Patterns("Write {w} in capital letters.", "Please shout {w}."),
    "repeat": Patterns(
        "Say {w} {k} times.", "Write {w} and repeat it until it is there {k} times."
    ),
    "feeling": Patterns("Is this positive or negative: ", "Happy or not: "),
    "french": Patterns("Say this in French: ", "Translate: "),
    "list": Patterns("Name {k} different {what}.", "I need {k} different {what}."),
}
LISTS = {"animals": ANIMAL, "colours": COLOUR, "jobs": JOB, "places": PLACE}
WHAT = Options(LISTS)
FEW = Options(("two", "three", "four"))
COUNTS = {word: i + 2 for i, word in enumerate(NUMBER.values)}


def prompt(pen: Pen) -> None:
    pen.write(USER)
    pen.begin("prompt")
    pen.loose = True


def reply(pen: Pen) -> None:
    pen.end()
    pen.line(TOWN)
    pen.begin("reply")
    pen.loose = True


def _story(pen: Pen) -> None:
    slots = {"o": Draw("object", OBJECT, [])}
    pen.tell("ask", ASKS["story"], slots)
    reply(pen)
    Short(pen, slots["o"])


def _who(pen: Pen) -> None:
    short = Short(pen)
    pen.write(f" Who has the {short.thing.text}?")
    reply(pen)
    pen.mention(short.holder)
    pen.write(f" has the {short.thing.text}.")


def _sum(pen: Pen) -> None:
    slots = {"a": Draw("term", TERM, []), "b": Draw("term", TERM, [])}
    pen.tell("ask", ASKS["sum"], slots)
    reply(pen)
    a, b = slots["a"], slots["b"]
    pen.write(f"{a} + {b} = {a + b}.")


def _list(pen: Pen) -> None:
    slots = {"k": Draw("number", FEW, [], True), "what": Draw("what", WHAT, [], True)}
    pen.tell("ask", ASKS["list"], slots)
    reply(pen)
    options, named = LISTS[slots["what"]], []
    for i in range(COUNTS[slots["k"]]):
        pen.write(", " if i else "")
        named.append(pen.choose("item", options, named))
    pen.write(".")


def _feeling(pen: Pen) -> None:
    pen.tell("ask", ASKS["feeling"], {})
    feel(pen, "but")
    reply(pen)
    pen.mark("label", pen.label.capitalize(), ("Positive", "Negative"))
    pen.write(".")
    pen.label = None


def _capitals(pen: Pen) -> None:
    slots = {"w": Draw("object", OBJECT, [])}
    pen.tell("ask", ASKS["capitals"], slots)
    reply(pen)
    pen.write(slots["w"].text.upper() + ".")


def _repeat(pen: Pen) -> None:
    slots = {"w": Draw("object", OBJECT, []), "k": Draw("number", NUMBER, [])}
    pen.tell("ask", ASKS["repeat"], slots)
    reply(pen)
    pen.write(" ".join([slots["w"].text] * COUNTS[slots["k"]]) + ".")


def _french(pen: Pen) -> None:
    pen.tell("ask", ASKS["french"], {})
    simple(pen, TOWN)
    pen.parts[-1][0] = "reply"


WRITES = {"story": _story, "who": _who, "sum": _sum, "list": _list, "feeling": _feeling,
          "capitals": _capitals, "repeat": _repeat, "french": _french}  # fmt: skip


@kind
def instruction(pen: Pen) -> None:
    """A prompt and a reply that does what it asks."""
    sort = pen.slice = pen.branch("sort", SORT)
    prompt(pen)
    WRITES[sort](pen)


# ---- dialogues

MORE = Options((True, False))
THANKS = Patterns("Thank you.", "That is all.")


@kind
def dialogue(pen: Pen) -> None:
    """The user tells a story and asks one to three things about it, turn by turn."""
    _turn(pen, "user")
    short = Short(pen)
    _turn(pen, "assistant")
    pen.write("I see.")
    asked: list = []
    for i in range(3):
        if i and not pen.branch("more", MORE):
            break
        _turn(pen, "user")
        _, before, answer = short.question(asked)
        _turn(pen, "assistant")
        pen.write(before.capitalize())
        pen.mention(answer, capital=bool(not before))
        pen.write(".")
    _turn(pen, "user")
    pen.tell("thanks", THANKS, {})
    _turn(pen, "assistant")
    pen.write("You are welcome.")


def _turn(pen: Pen, who: str) -> None:
    label = USER if who == "user" else TOWN
    if pen.parts:
        pen.end()
        pen.line(label)
    else:
        pen.write(label)
    pen.begin(who)
    pen.loose = True


# ---- preferences

FLAW = Options(("wrong", "rude", "rambling", "curt"), (2, 1, 1, 2))
RUDE = Patterns("Read it yourself: ", "What a silly question: ")


@kind
def preference(pen: Pen) -> None:
    """A prompt, a better and a worse reply; the label is what is wrong with the worse one.

    The worse reply is as often longer as it is shorter: length tells nothing.
    """
    prompt(pen)
    short = Short(pen)
    pen.write(f" Who has the {short.thing.text}?")
    good = f"{short.holder.text} has the {short.thing.text}."
    pen.end()
    pen.line("Better: ")
    pen.begin("chosen")
    pen.write(good)
    pen.end()
    pen.line("Worse: ")
    pen.begin("rejected")
    flaw = pen.label = pen.branch("flaw", FLAW)
    if flaw == "wrong":
        pen.choose("person", FIRST, [short.holder])
        pen.write(f" has the {short.thing.text}.")
    elif flaw == "rude":
        pen.loose = True
        pen.tell("rude", RUDE, {})
        pen.write(good)
    elif flaw == "rambling":
        pen.write(f"{good} {good} {good}")
    else:
        pen.write(f"{short.holder.text}.")
