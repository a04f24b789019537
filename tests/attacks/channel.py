"""Attacks on the wire between a worker and its grader: forged replies, in and out of turn."""

from attacks import (
    ATTENTION,
    BLANK,
    COMBINE,
    FULL,
    MASK,
    NOT_YET,
    NOTHING,
    STOPPED,
    UNREAD,
    WRONG,
    Attack,
)

FORGE = """
import sys
Session = sys.modules["worker"].Session
honest = Session.perform
def perform(self, question):
    reply = honest(self, question)
    if question.get("target") == {target!r} and {when}:
        return {reply}
    return reply
Session.perform = perform
"""
RAW = """
import struct, sys
wire = None
frame = sys._getframe()
while frame and wire is None:
    wire, frame = frame.f_locals.get("wire"), frame.f_back
def frame_of(head, body=b""):
    message = struct.pack("<I", len(head)) + head + body
    return struct.pack("<I", len(message)) + message
"""
CALL = "question['verb'] == 'call'"
EACH = "{{'value': [{} for _ in question['calls']]}}"


def forges(name, tries, reply, says=UNREAD, when=CALL, target=MASK, **more):
    """A worker that replies `reply` when it is asked for one exercise, which is answered wrong."""
    answers = {MASK: WRONG[MASK]} if target == MASK else {}
    return Attack(
        name,
        tries,
        FULL | {target: 0},
        "a forged reply is no answer, and zeros are no mask; the other two are right",
        says,
        answers=answers,
        above=FORGE.format(target=target, when=when, reply=reply),
        **more,
    )


def writes(name, tries, line, says=UNREAD):
    """An answer that writes on the wire itself when it is called."""
    return Attack(
        name,
        tries,
        FULL | {MASK: 0},
        "what it writes is no answer, and zeros are no mask; the other two are right",
        says,
        answers={MASK: WRONG[MASK].replace("    return", f"    {line}\n    return")},
        above=RAW,
    )


def head(text: str) -> str:
    return f"wire.socket.sendall(frame_of({text}))"


FORGED = [
    forges("replies_with_points", "Sends a score.", "{'earned': 2, 'status': 'right'}"),
    forges("replies_with_a_number", "Sends a value in place of a reply.", "2.0"),
    forges("error_is_a_number", "Sends an error that is none.", "{'error': 7}"),
    forges(
        "error_of_numbers",
        "Sends an error whose fields are no texts.",
        "{'error': {'type': 3, 'message': [1], 'line': 'x', 'text': None}}",
    ),
    forges("error_and_value", "Sends both.", "{'error': {}, 'value': []}"),
    forges("no_outcomes", "Sends no outcomes for many calls.", "{'value': []}"),
    forges("too_many_outcomes", "Sends more outcomes.", "{'value': [{'value': 1}] * 99}"),
    forges("outcomes_are_text", "Sends a text as outcomes.", "{'value': 'right'}"),
    forges(
        "outcomes_with_points",
        "Sends outcomes with fields of its own.",
        EACH.format("{'value': 1, 'earned': 2, 'unwritten': False}"),
    ),
    forges("outcomes_are_errors", "Errors without type.", EACH.format("{'error': 'none'}")),
    forges(
        "outcomes_are_long_errors",
        "Sends errors with a type of a million letters.",
        EACH.format("{'error': {'type': 'E' * 10**5, 'message': '<b>' * 10**5, 'line': 1}}"),
        says="E" * 80 + ": <b>",
    ),
    forges(
        "not_written_after_all",
        "Claims that the wrong answer is not written, to be lent the right one.",
        EACH.format("{'error': {'type': 'NotImplementedError', 'message': ''}}"),
        says=BLANK,
    ),
    forges("asks_back", "Calls a function that it was never given.", "{'callback': 0, 'args': []}"),
    forges("asks_back_from_behind", "By a negative number.", "{'callback': -1, 'args': [1]}"),
    forges(
        "signature_is_a_number", "Sends no signature.", "{'value': 5}",
        when="question['verb'] == 'signature'",
    ),
    forges(
        "signature_of_numbers", "Sends parameters that have no names.",
        "{'value': {'callable': True, 'parameters': [[1, 2, 3]]}}",
        when="question['verb'] == 'signature'",
    ),
    forges(
        "signature_of_a_novel", "Sends parameters with names as long as a book.",
        "{'value': {'callable': True, 'class': 0, 'parameters': "
        "[['x' * 10**6, 'POSITIONAL_ONLY', False]] * 3}}",
        when="question['verb'] == 'signature'",
        says="takes 3 arguments; it is called with 2",
    ),
    forges(
        "gradients_are_text", "Sends gradients that are none.", "{'value': 'steep'}",
        when="question['verb'] == 'gradients'", target=ATTENTION,
    ),
    forges(
        "arguments_are_text", "Sends arguments after the call that are none.",
        EACH.format("{'value': 0, 'after': 'untouched'}"),
        when="question.get('after')", target=COMBINE,
    ),
]  # fmt: skip

WRITTEN = [
    writes("says_it_twice", "Sends a forged reply before the real one.",
           head("b'[\"dict\", [[[\"plain\", \"value\"], [\"list\", []]]]]'")),
    writes("announces_too_much", "Announces 4 GB.",
           "wire.socket.sendall(b'\\xff' * 4 + b'x')"),
    writes("announces_nothing", "Sends messages of no length.",
           "wire.socket.sendall(bytes(400))"),
    writes("nests_for_ever", "Sends a reply nested 100 000 deep.",
           head("b'[' * 10**5 + b']' * 10**5")),
    writes("nests_values", "Sends lists within lists, 500 deep.",
           head("b'[\"list\", [' * 500 + b']]' * 500")),
    writes("smuggles_json", "Sends a tree that is called plain.",
           head("b'[\"plain\", {\"value\": [{\"value\": true}]}]'")),
    writes("sends_a_pickle", "Sends a pickle that runs a command where it is loaded.",
           head("b\"cos\\nsystem\\n(S'touch @CANARY@/unpickled'\\ntR.\"")),
    writes("tensors_of_nothing", "Sends tensors that are none.",
           head("b'[\"tensor\", \"0\"]', b'\\x08' + bytes(7) + b'{\"0\": 1}'")),
    writes("tensors_past_the_end", "Sends a tensor that claims more bytes than there are.",
           head("b'[\"tensor\", \"0\"]', struct.pack('<Q', 61) + "
                "b'{\"0\":{\"dtype\":\"F32\",\"shape\":[9999],\"data_offsets\":[0,39996]}} '")),
    writes("hangs_up", "Closes the wire.", "wire.socket.close()", "ended before it had answered"),
    writes("speaks_slowly", "Sends its reply byte by byte, and waits after each.",
           "import time\n    wire.socket.sendall(struct.pack('<I', 400))\n"
           "    for _ in range(100):\n        wire.socket.sendall(b' ')\n        time.sleep(0.05)",
           STOPPED),
    Attack(
        "takes_the_caps_off",
        "Sends 8 MB once it has changed the worker's own limits.",
        FULL | {MASK: 0},
        "the reply is refused unread; the other two are right",
        "could not be read (Unsendable)",
        answers={MASK: "def causal_mask(Tq, Tk):\n    return 'x' * 2**23\n"},
        above="import sys\nworker = sys.modules['worker']\n"
        "worker.MOST_BYTES = worker.MOST_DEPTH = 2**40\n",
    ),
    Attack(
        "answers_ahead",
        "Fills the wire with a thousand forged replies before anything is asked.",
        NOTHING,
        "all three answers give zeros, for which no claim holds",
        (UNREAD, NOT_YET),
        answers=WRONG,
        above=RAW + "for _ in range(1000):\n    " + head("b'[\"plain\", true]'"),
    ),
    Attack(
        "listens_in",
        "Notes every question to give at the next what was asked before.",
        NOTHING,
        "all three answers give zeros, for which no claim holds",
        NOT_YET,
        answers=WRONG,
        above="import sys\nSession = sys.modules['worker'].Session\nhonest, heard = "
        "Session.perform, []\ndef perform(self, question):\n    heard.append(question)\n"
        "    return honest(self, question)\nSession.perform = perform\n",
    ),
]  # fmt: skip
ATTACKS = [*FORGED, *WRITTEN]
