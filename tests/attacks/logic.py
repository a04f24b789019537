"""Attacks on how grading thinks: hard-coded examples, other names, other moods when graded."""

from attacks import (
    ATTENTION,
    BLANK,
    COMBINE,
    ENDED,
    FULL,
    HEAD,
    HOLDS,
    MASK,
    RIGHT,
    Attack,
)
from autograder.exercise import exercises

FORBIDDEN = "which is what this exercise builds"
TRIL = "torch.ones(Tq, Tk, dtype=torch.bool).tril(Tk - Tq)"
IN_A_WORKER = "__import__('sys').modules.get('worker')"


def forbidden(name, tries, call, above="", head="import torch.nn.functional as F\n"):
    """Attention by the library's own, under some name."""
    because = "attention is not built; the two others are right"
    body = f"{HEAD[ATTENTION]}\n    {call}\n"
    return Attack(
        name, tries, FULL | {ATTENTION: 0}, because, FORBIDDEN,
        answers={ATTENTION: head + body}, above=above,
    )  # fmt: skip


def masks(name, tries, source, score, because, says, **more):
    """An answer to the first exercise; the two others are right."""
    return Attack(name, tries, FULL | {MASK: score}, because, says, answers={MASK: source}, **more)


def masks_right(name, tries, source, because="it is right when it is called", **more):
    return masks(name, tries, source, 2, because, HOLDS, **more)


ARGUMENTS = "(q, k, v, mask)"
SDPA = "scaled_dot_product_attention"
OTHER_NAMES = [
    forbidden("library_call", "Calls it.", f"return F.{SDPA}{ARGUMENTS}"),
    forbidden(
        "library_import_as", "Imports it under another name.", f"return ready{ARGUMENTS}",
        head=f"from torch.nn.functional import {SDPA} as ready\n",
    ),
    forbidden(
        "library_assigned", "Gives it another name.", f"ready = F.{SDPA}\n    return ready{ARGUMENTS}"
    ),
    forbidden(
        "library_getattr", "Puts its name together.",
        f"return getattr(F, 'scaled_dot_' + 'product_attention'){ARGUMENTS}",
    ),
    forbidden(
        "library_from_dict", "Finds it in the module's dictionary.",
        f"return F.__dict__['{SDPA}']{ARGUMENTS}",
    ),
    forbidden(
        "library_eval", "Evaluates a text.",
        f"return eval('F.scaled_dot' '_product_attention'){ARGUMENTS}",
    ),
    forbidden(
        "library_in_c", "Takes it from below.",
        f"return getattr(torch._C._nn, '{SDPA}'){ARGUMENTS}",
    ),
    forbidden(
        "library_aten", "Takes the operator.", f"return getattr(torch.ops.aten, '{SDPA}'){ARGUMENTS}"
    ),
    forbidden(
        "library_aten_overload", "Takes one overload of the operator.",
        f"return getattr(torch.ops.aten, '{SDPA}').default{ARGUMENTS}",
    ),
    forbidden(
        "library_math", "Takes its slow twin.",
        f"return getattr(torch, '_{SDPA}_math'){ARGUMENTS}[0]",
    ),
    forbidden(
        "library_flash", "Takes its fast twin.",
        "return getattr(torch.ops.aten, '_scaled_dot_product_flash_attention_for_cpu')("
        "q[None, None], k[None, None], v[None, None])[0][0, 0]",
    ),
    forbidden(
        "library_in_a_helper", "Calls it in a cell that the learner added.",
        f"return helper{ARGUMENTS}",
        above=f"import torch.nn.functional as F\ndef helper(*a):\n    return F.{SDPA}(*a)\n",
    ),
    forbidden(
        "library_scripted", "Compiles it into TorchScript first.", f"return helper{ARGUMENTS}",
        above="import torch.nn.functional as F\n@torch.jit.script\n"
        "def helper(q, k, v, mask):\n"
        f"    return F.{SDPA}(q, k, v, mask)\n",
    ),
    forbidden(
        "library_vmapped", "Maps it over a batch.",
        "return torch.vmap(getattr(F, 'scaled_dot_' 'product_attention'))(q[None], k[None], v[None])[0]",
    ),
    forbidden(
        "library_layer", "Has a layer of the library do it.",
        "layer = torch.nn.MultiheadAttention(q.shape[-1], 1, batch_first=True)\n"
        "    return layer.eval()(q[None].float(), k[None].float(), k[None].float())[0][0]",
    ),
]  # fmt: skip

PUBLIC = set(exercises()[MASK].draw(0).values())
MOODS = [
    masks_right(
        "right_when_graded", "Is right only where it finds itself graded.",
        f"{HEAD[MASK]}\n    return {TRIL} if {IN_A_WORKER} else None\n",
    ),
    masks(
        "wrong_when_graded", "Is right only where it finds itself not graded.",
        f"{HEAD[MASK]}\n    return None if {IN_A_WORKER} else {TRIL}\n",
        0, "it gives None where it is graded", "None came back",
    ),
    masks(
        "knows_the_public_examples", "Knows the values of the public examples, and no others.",
        f"{HEAD[MASK]}\n    if (Tq, Tk) in {sorted(PUBLIC)}:\n        return {TRIL}\n"
        "    return torch.zeros(Tq, Tk, dtype=torch.bool)\n",
        0, "the private examples are others, and every claim asks for sizes of its own",
        "the values are right",
    ),
    masks(
        "right_some_times", "Is right for as many calls as there are examples, and then no more.",
        f"calls = []\n{HEAD[MASK]}\n    calls.append(1)\n"
        f"    return {TRIL} if len(calls) <= {len(PUBLIC)} else torch.zeros(Tq, Tk, dtype=bool)\n",
        0, "every example agrees and no claim holds", "The values agree. Some things are missing.",
    ),
    masks(
        "leaves_during_the_claims", "Ends its process once the examples have been asked for.",
        f"calls = []\n{HEAD[MASK]}\n    calls.append(1)\n"
        f"    return {TRIL} if len(calls) <= 6 else __import__('os')._exit(0)\n",
        0, "every example agrees and no claim holds; those after it have a process of their own",
        ENDED,
    ),
    masks(
        "not_written_in_places", "Says that it is not written where it does not know.",
        f"{HEAD[MASK]}\n    if Tq != Tk:\n        raise NotImplementedError\n    return {TRIL}\n",
        0, "of three claims none asks for squares alone", "It raises an error in some cases.",
    ),
    masks(
        "raises_what_fits", "Raises whatever it is given, hoping that the book's does too.",
        f"{HEAD[MASK]}\n    raise [TypeError, ValueError, IndexError][Tk % 3]('no')\n",
        0, "the book's function raises nothing here", "Your code raised an error.",
    ),
    masks(
        "a_number_for_nbgrader", "Ends its cell with a number, which nbgrader would take as points.",
        "2\n", 0, "a number is no function", BLANK,
    ),
    masks(
        "overwritten_below", "Is overwritten by a cell below, so that a number is found.",
        RIGHT[MASK], 0, "what the notebook ends with is no function", "Was it overwritten?",
        below="causal_mask = 2.0\n",
    ),
    masks_right(
        "a_callable_object", "Is an object that can be called.",
        "class Mask:\n    def __call__(self, Tq, Tk):\n        return " + TRIL + "\n"
        "causal_mask = Mask()\n",
    ),
    masks_right(
        "any_arguments", "Takes whatever comes.",
        "def causal_mask(*args, **more):\n    Tq, Tk = args\n    return " + TRIL + "\n",
    ),
    masks_right(
        "noisy", "Prints, warns and writes to stderr: on stock nbgrader that is worth 0.",
        "import sys, warnings\n" + HEAD[MASK] + "\n    print('hm')\n    print('hm', file=sys.stderr)\n"
        f"    warnings.warn('hm')\n    return {TRIL}\n",
    ),
    Attack(
        "spoils_its_arguments",
        "Changes its arguments in place, to spoil what they are compared with.",
        FULL | {ATTENTION: 2.75},
        # all values and claims hold: 3 points less a quarter
        "all values are right, and an argument is changed in place",
        "An argument is changed in place",
        answers={
            ATTENTION: f"{HEAD[ATTENTION]}\n    out = right(q, k, v, mask)\n"
            "    if mask is not None:\n        mask.fill_(True)\n    return out\n"
        },
        above=RIGHT[ATTENTION].replace(f"def {ATTENTION}", "def right"),
    ),
    Attack(
        "cut_from_its_inputs",
        "Gives the right values without their gradients.",
        FULL | {ATTENTION: 2.75},
        # all values and claims hold: 3 points less a quarter
        "all values are right, and no gradient flows",
        "the gradients are not",
        answers={
            ATTENTION: f"{HEAD[ATTENTION]}\n    return right(q, k, v, mask).detach()\n"
        },
        above=RIGHT[ATTENTION].replace(f"def {ATTENTION}", "def right"),
    ),
    Attack(
        "leans_on_the_lent",
        "Leaves out the first answer, to find the book's function where it was lent.",
        {MASK: 0, COMBINE: 0, ATTENTION: 3},
        "what is lent is another exercise's function, and of no use to this one",
        "Not written yet.",
        answers={
            MASK: f"{HEAD[MASK]}\n    raise NotImplementedError()\n",
            COMBINE: f"{HEAD[COMBINE]}\n    return causal_mask(*causal.shape)\n",
        },
    ),
]  # fmt: skip
ATTACKS = [*OTHER_NAMES, *MOODS]
