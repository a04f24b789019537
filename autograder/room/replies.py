"""The form that a worker's replies must have.

Owns: what a reply to each verb looks like, and errors made plain. What runs in a worker may
have taken it over and write replies of its own: whatever has another form is refused here,
before anything looks at it.
"""

import torch

MOST_PARAMETERS = 100
MOST_SOURCE = 100_000


class Malformed(ValueError):
    """A reply that no worker of ours sends."""


def checked(question: dict, reply) -> dict:
    """The reply, {"value": ...} or {"error": ...}, in the form that the question's verb has."""
    need(isinstance(reply, dict) and len(reply) == 1)
    if "error" in reply:
        return {"error": plain_error(reply["error"])}
    need("value" in reply)
    form = FORMS.get(question["verb"], lambda question, value: value)
    return {"value": form(question, reply["value"])}


def need(condition: bool):
    if not condition:
        raise Malformed


def plain_error(told) -> dict:
    """An error as a card can show it: texts are texts, short, and can be written to a file."""
    need(isinstance(told, dict))
    line = told.get("line")
    return {
        "type": plain_text(told.get("type", "Exception"), 80),
        "message": plain_text(told.get("message", ""), 500),
        "line": line if type(line) is int and 0 <= line < 10**6 else 0,
        "text": plain_text(told.get("text", ""), 200),
    }


def plain_text(value, most: int) -> str:
    need(isinstance(value, str))
    return value[:most].encode("utf8", "replace").decode("utf8")  # half a surrogate pair: "?"


# ---- what each verb gives


def several(question, value):
    asked = question["questions"]
    need(isinstance(value, list) and len(value) == len(asked))
    return [checked(one, reply) for one, reply in zip(asked, value, strict=True)]


def outcomes(question, value):
    calls = question["calls"]
    need(isinstance(value, list) and len(value) == len(calls))
    return [outcome(told, len(call[0])) for told, call in zip(value, calls, strict=True)]


def outcome(told, arguments: int) -> dict:
    need(isinstance(told, dict))
    if set(told) == {"error"}:
        return {"error": plain_error(told["error"])}
    need(set(told) in ({"value"}, {"value", "after"}))
    after = told.get("after", [None] * arguments)
    need(isinstance(after, list | tuple) and len(after) == arguments)
    return told


def gradients(question, value):
    calls = question["calls"]
    need(isinstance(value, list) and len(value) == len(calls))
    return [slopes(told, len(call[1])) for told, call in zip(value, calls, strict=True)]


def slopes(told, wrt: int) -> dict:
    need(isinstance(told, dict) and len(told) == 1)
    if "error" in told:
        return {"error": plain_error(told["error"])}
    found = told.get("value")
    need(isinstance(found, list) and len(found) == wrt)
    each = [one for item in found for one in (item if type(item) is list else [item])]
    need(all(one is None or isinstance(one, torch.Tensor) for one in each))
    return told


def items(question, value):
    need(isinstance(value, list) and len(value) <= question["count"])
    return value


def signature(question, value):
    need(isinstance(value, dict) and isinstance(value.get("callable"), bool))
    if not value["callable"]:
        return {"callable": False, "type": plain_text(value.get("type"), 80)}
    parameters = value.get("parameters")
    if parameters is not None:
        need(isinstance(parameters, list) and len(parameters) <= MOST_PARAMETERS)
        parameters = [parameter(*told) for told in parameters]
    return {
        "callable": True,
        "class": value.get("class") is True,
        "parameters": parameters,
    }


def parameter(name, kind, has_default) -> list:
    return [plain_text(name, 80), plain_text(kind, 80), has_default is True]


def failures(question, value):
    need(isinstance(value, list))
    return [plain_error(told) for told in value[:1]]


def text(question, value):
    return plain_text(value, MOST_SOURCE)


def texts(question, value):
    need(isinstance(value, list))
    return [plain_text(text, 500) for text in value]


FORMS = {
    "all": several,
    "call": outcomes,
    "again": outcomes,
    "gradients": gradients,
    "take": items,
    "signature": signature,
    "run": failures,
    "reach": texts,
    "source": text,
}
