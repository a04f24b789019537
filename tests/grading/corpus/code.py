"""What people write into their cells."""

from corpus import (
    ATTENTION,
    COMBINE,
    FULL,
    HEAD,
    MASK,
    RIGHT,
    TRIL,
    cell,
    changes,
    insert,
)

NEWER = "Line {} of its cell is syntax of Python 3.12 and later."


def above(notebook, text: str, name: str = MASK):
    cell(notebook, name).source = text + cell(notebook, name).source


def body(notebook, text: str):
    """Lines above the answer's last one, in its function."""
    source = cell(notebook).source
    assert "\n    return " in source
    cell(notebook).source = source.replace("\n    return ", f"\n    {text}\n    return ")


@changes()
def math_is_imported_in_the_locked_cell(notebook):
    cell(notebook, "imports").source += "\nimport math"
    answer = cell(notebook, ATTENTION)
    answer.source = answer.source.replace("q.shape[-1] ** 0.5", "math.sqrt(q.shape[-1])")
    assert "math.sqrt" in answer.source


@changes()
def shell_and_questions(notebook):
    above(notebook, "files = !ls\ntorch.tril?\n?torch\n%env LANG\n")


@changes()
def an_installation_on_two_lines(notebook):
    above(notebook, "!echo install \\\n    all of it\n")


@changes()
def commands_in_the_function(notebook):
    body(notebook, "%env LANG\n    !true")


@changes()
def timed(notebook):
    above(notebook, "%%time\n")


@changes()
def captured_and_timed(notebook):
    above(notebook, "%%capture out\n%time width = 3\n")


@changes()
def commands_below(notebook):
    cell(notebook).source += "\n%timeit -n 1 -r 1 causal_mask(2, 2)\ncausal_mask??"


@changes(0)
def in_a_cell_of_shell(notebook):
    above(notebook, "%%bash\n")


@changes(0)
def measured_and_so_not_kept(notebook):
    above(notebook, "%%timeit -n 1 -r 1\n")


@changes()
def pasted_with_prompts(notebook):
    lines = cell(notebook).source.splitlines()
    cell(notebook).source = "\n".join([f">>> {lines[0]}", *(f"... {line}" for line in lines[1:])])


@changes()
def indented_as_a_whole(notebook):
    lines = cell(notebook).source.splitlines()
    cell(notebook).source = "\n\n" + "\n".join(f"    {line}" for line in lines)


@changes()
def wrapped(notebook):
    lines = cell(notebook).source.splitlines()
    cell(notebook).source = "if True:\n" + "\n".join(f"    {line}" for line in lines)


@changes()
def tried(notebook):
    lines = "\n".join(f"    {line}" for line in cell(notebook).source.splitlines())
    cell(notebook).source = f"try:\n{lines}\nexcept NameError:\n    pass"


@changes()
def waits_for_something(notebook):
    above(
        notebook, "import asyncio\nawait asyncio.sleep(0.01)\noffset = await asyncio.sleep(0, 7)\n"
    )
    body(notebook, "assert offset == 7")


@changes(0)
def an_asynchronous_answer(notebook):
    above(notebook, "async ")


@changes()
def looks_at_values(notebook):
    body(notebook, "display(Tq)\n    print(Tk)")


@changes()
def notes_from_the_future(notebook):
    above(notebook, "from __future__ import annotations\n")
    cell(notebook).source = cell(notebook).source.replace("Tq: int", "Tq: NoSuchThing")
    assert "NoSuchThing" in cell(notebook).source


@changes()
def compared_with_the_library_below(notebook):
    x = "x = torch.ones(2, 3)\n"
    cell(notebook, ATTENTION).source += f"\n\n{x}print(F.scaled_dot_product_attention(x, x, x))"


@changes({ATTENTION: 0})
def the_library_itself(notebook):
    cell(notebook, ATTENTION).source = (
        "def scaled_dot_product_attention(q, k, v, mask=None):\n"
        "    return F.scaled_dot_product_attention(q, k, v, mask)"
    )


@changes({ATTENTION: 0})
def the_library_in_a_helper(notebook):
    insert(
        notebook, ATTENTION, "def ready(*args):\n    return F.scaled_dot_product_attention(*args)"
    )
    head = "def scaled_dot_product_attention(q, k, v, mask=None):\n"
    cell(notebook, ATTENTION).source = head + "    return ready(q, k, v, mask)"


@changes()
def a_lambda(notebook):
    cell(notebook).source = f"{MASK} = lambda Tq, Tk: {TRIL}"


@changes({MASK: FULL[MASK] - 0.25})  # whoever changes what came back changes what comes back next
def remembered(notebook):
    above(notebook, "from functools import cache\n\n@cache\n")


@changes()
def wrapped_by_a_decorator(notebook):
    insert(
        notebook, MASK,
        "from functools import wraps\n\ndef loud(f):\n    @wraps(f)\n    def call(*a):\n"
        "        print(a)\n        return f(*a)\n    return call",
    )  # fmt: skip
    above(notebook, "@loud\n")


@changes()
def by_another_name(notebook):
    cell(notebook).source = cell(notebook).source.replace("def causal_mask", "def mine")
    cell(notebook).source += f"\n\n{MASK} = mine"


@changes()
def made_by_exec(notebook):
    cell(notebook).source = f"exec({RIGHT[MASK]!r})"


@changes()
def one_of_its_own_constants(notebook):
    insert(notebook, MASK, "SHIFT = 0")
    cell(notebook).source = cell(notebook).source.replace("Tk - Tq)", "Tk - Tq + SHIFT)")


@changes(0)
def leans_on_a_demonstration(notebook):
    body(notebook, "inputs.sum()")


@changes(0)
def leans_on_a_demonstration_at_times(notebook):
    body(notebook, "if Tq != Tk: inputs.sum()")


@changes()
def would_lean_on_a_demonstration_and_never_does(notebook):
    body(notebook, "if Tq < 0: inputs.sum()")


@changes(0)
def leans_on_a_demonstration_through_a_helper(notebook):
    insert(notebook, MASK, "def helper():\n    return len(words)")
    body(notebook, "helper()")


@changes(0)
def leans_on_what_a_demonstration_made(notebook):
    insert(notebook, MASK, "width = len(words)")
    body(notebook, "width + 1")


@changes(0)
def leans_on_a_demonstration_by_a_default(notebook):
    cell(notebook).source = f"def causal_mask(Tq, Tk, n=len(words)):\n    return {TRIL}"


@changes()
def a_name_of_a_demonstrations_of_ones_own(notebook):
    insert(notebook, MASK, "shift = 0")
    body(notebook, "assert shift == 0")


@changes(0)
def the_books_own_imported(notebook):
    cell(notebook).source = "from solutions.self_attention import causal_mask"


@changes(0)
def the_books_own_imported_with_all_else(notebook):
    cell(notebook).source = "from solutions.self_attention import *"
    for name in (COMBINE, ATTENTION):  # or they would be the book's as well
        insert(notebook, f"{name}-check", RIGHT[name])


@changes(0)
def the_books_own_called(notebook):
    above(notebook, "from solutions.self_attention import causal_mask as theirs\n")
    cell(notebook).source = f"{HEAD}    return theirs(Tq, Tk)"


@changes(0, loosely=True)
def the_books_own_imported_inside(notebook):
    inside = "from solutions import self_attention\n    return self_attention.causal_mask(Tq, Tk)"
    cell(notebook).source = f"{HEAD}    {inside}"


@changes()
def an_earlier_chapter_is_used(notebook):
    insert(notebook, MASK, "from solutions.start_here import row_shares")
    body(notebook, "row_shares(torch.ones(2, 2))")


@changes(0)
def the_courses_own_package_is_used(notebook):
    insert(notebook, MASK, "from byhand.town.archive import tables")
    body(notebook, "tables")


@changes({MASK: None})
def chance(notebook):
    insert(notebook, MASK, "import random\nimport numpy as np")
    body(notebook, "if random.random() + np.random.rand() + torch.rand(()) < 2: return 1 / 0")


@changes({COMBINE: None})
def chance_in_part(notebook):
    insert(notebook, COMBINE, "import random")
    source = cell(notebook, COMBINE).source
    cell(notebook, COMBINE).source = source.replace(
        "    return ", "    if random.random() < 0.5: return None\n    return "
    )


@changes(waits=(MASK,), told=NEWER.format(2))
def quotes_in_a_formatted_string(notebook):
    above(notebook, 'd = {"k": 1}\nprint(f"{d["k"]}")\n')


@changes(waits=(MASK,), told=NEWER.format(1))
def a_type_of_ones_own(notebook):
    above(notebook, "type Mask = Tensor\n")


@changes(waits=(MASK,), told=NEWER.format(2))
def a_helper_in_newer_syntax(notebook):
    insert(notebook, MASK, "# first\ndef first[T](items: list[T]) -> T:\n    return items[0]")
    body(notebook, "first([1])")
