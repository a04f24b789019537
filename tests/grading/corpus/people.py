"""What people do with cells: split, copy, move, delete, retype."""

from corpus import (
    ATTENTION,
    COMBINE,
    HEAD,
    MASK,
    RIGHT,
    TRIL,
    WRONG,
    cell,
    changes,
    given,
    insert,
    new_code_cell,
    new_markdown_cell,
    new_raw_cell,
    place,
    retyped,
    twin,
)

PIECES = "The cell of this answer is in 2 pieces; all of them ran, in order."
TWICE = f"`{MASK}` is defined in 2 cells; the last one counts, as in Python."
OWN_CELL = "Found in a cell of your own"
HELPER = "def older(Tq, Tk):\n    return Tk - Tq\n"
WITH_HELPER = RIGHT[MASK].replace("Tk - Tq)", "older(Tq, Tk))")


@changes(told=PIECES)
def a_cell_is_split(notebook):
    lower = twin(notebook)
    cell(notebook).source, lower.source = HELPER, WITH_HELPER
    notebook.cells.insert(place(notebook, MASK) + 1, lower)


@changes(told=PIECES)
def a_cell_is_split_below_the_answer(notebook):
    lower = twin(notebook)
    cell(notebook).source, lower.source = WITH_HELPER, HELPER
    notebook.cells.insert(place(notebook, MASK) + 1, lower)


@changes(told=TWICE)
def a_first_try_is_kept_above(notebook):
    first = twin(notebook)
    first.source = WRONG[MASK]
    notebook.cells.insert(place(notebook, MASK), first)


@changes(0, told=TWICE)
def a_worse_try_is_kept_below(notebook):
    last = twin(notebook)
    last.source = WRONG[MASK]
    notebook.cells.insert(place(notebook, MASK) + 1, last)


@changes(told=OWN_CELL)
def an_answer_is_retyped(notebook):
    retyped(notebook, MASK)


@changes(told=OWN_CELL)
def an_answer_is_retyped_below_the_empty_cell(notebook):
    insert(notebook, MASK, cell(notebook).source, below=True)
    cell(notebook).source = given(notebook)


@changes(told=OWN_CELL, kinder="the empty cell, run last, would hide what is written above it")
def an_answer_is_retyped_above_the_empty_cell(notebook):
    insert(notebook, MASK, cell(notebook).source)
    cell(notebook).source = given(notebook)


@changes(kinder="the empty cell was pasted below the answer")
def the_empty_cell_is_pasted_below(notebook):
    last = twin(notebook)
    last.source = given(notebook)
    notebook.cells.insert(place(notebook, MASK) + 1, last)


@changes()
def the_check_is_deleted(notebook):
    notebook.cells.remove(cell(notebook, f"{MASK}-check"))


@changes()
def all_checks_are_deleted(notebook):
    for name in (MASK, COMBINE, ATTENTION):
        notebook.cells.remove(cell(notebook, f"{name}-check"))


@changes()
def the_set_up_is_deleted(notebook):
    notebook.cells.remove(cell(notebook, "setup"))


@changes(kinder="the released imports always run")
def the_imports_are_deleted(notebook):
    notebook.cells.remove(cell(notebook, "imports"))


@changes()
def prose_is_deleted(notebook):
    notebook.cells = [one for one in notebook.cells if one.cell_type == "code"]


@changes()
def the_check_comes_first(notebook):
    check = cell(notebook, f"{MASK}-check")
    notebook.cells.remove(check)
    notebook.cells.insert(place(notebook, MASK), check)


@changes()
def answers_come_last(notebook):
    answers = [cell(notebook, name) for name in (MASK, COMBINE, ATTENTION)]
    for one in answers:
        notebook.cells.remove(one)
    notebook.cells += answers


@changes()
def exercises_come_in_another_order(notebook):
    asked = [cell(notebook, name) for name in (ATTENTION, COMBINE, MASK)]
    asked = [pair for one in asked for pair in (one, cell(notebook, own_check(one)))]
    for one in asked:
        notebook.cells.remove(one)
    notebook.cells += asked


def own_check(one) -> str:
    return one.metadata["nbgrader"]["grade_id"] + "-check"


@changes()
def a_helper_below_is_used_above(notebook):
    cell(notebook).source = WITH_HELPER
    insert(notebook, COMBINE, HELPER)


@changes()
def a_helper_above_is_used_below(notebook):
    cell(notebook).source = WITH_HELPER
    insert(notebook, MASK, HELPER)


@changes()
def an_answer_in_two_cells(notebook):
    source = "class Mask:\n    def __call__(self, Tq, Tk):\n        return None\n"
    insert(notebook, MASK, source, f"Mask.__call__ = lambda self, Tq, Tk: {TRIL}")
    cell(notebook).source = f"{MASK} = Mask()"


@changes()
def answers_are_swapped(notebook):
    one, other = cell(notebook, MASK), cell(notebook, COMBINE)
    one.source, other.source = other.source, one.source


@changes()
def an_answer_stands_in_the_imports(notebook):
    cell(notebook, "imports").source += "\n\n" + RIGHT[MASK]
    notebook.cells.remove(cell(notebook))


@changes()
def an_answer_stands_in_its_check(notebook):
    check = cell(notebook, f"{MASK}-check")
    check.source = RIGHT[MASK] + "\n\n" + check.source


@changes()
def an_answer_stands_in_a_demonstration(notebook):
    shown = next(c for c in notebook.cells if c.source.startswith("words ="))
    shown.source += "\n\n" + RIGHT[MASK]
    notebook.cells.remove(cell(notebook))


@changes()
def a_demonstration_is_changed(notebook):
    shown = next(c for c in notebook.cells if c.source.startswith("words ="))
    shown.source = shown.source.replace('"journey"', '"trip"')


@changes(0)
def a_name_is_taken_by_a_number(notebook):
    insert(notebook, f"{MASK}-check", f"{MASK} = 3", below=True)


@changes(0)
def a_name_is_taken_by_a_worse_one(notebook):
    insert(notebook, ATTENTION, f"{MASK} = lambda Tq, Tk: torch.zeros(Tq, Tk, dtype=torch.bool)")


@changes(0)
def a_name_is_deleted(notebook):
    insert(notebook, f"{MASK}-check", f"del {MASK}", below=True)


@changes(0)
def an_answer_is_deleted(notebook):
    notebook.cells.remove(cell(notebook))


@changes(0)
def only_comments(notebook):
    cell(notebook).source = "# later\n# or never"


@changes(0)
def as_released_with_a_comment(notebook):
    cell(notebook).source = given(notebook) + "\n    # ask about the offset"


@changes(0)
def nothing_in_the_cell(notebook):
    cell(notebook).source = ""


@changes(0, told=f"`{MASK}` stands in a cell of type markdown, which does not run.")
def an_answer_becomes_markdown(notebook):
    retyped(notebook, MASK, new_markdown_cell)


@changes(0, told=f"`{MASK}` stands in a cell of type raw, which does not run.")
def an_answer_becomes_raw(notebook):
    retyped(notebook, MASK, new_raw_cell)


@changes()
def a_last_try_that_python_cannot_read(notebook):
    insert(notebook, MASK, "def causal_mask(Tq, Tk)\n    return", below=True)


@changes(0)
def an_answer_that_python_cannot_read(notebook):
    cell(notebook).source = "def causal_mask(Tq, Tk)\n    return"


@changes()
def a_cell_of_notes(notebook):
    notebook.cells.insert(0, new_markdown_cell("My *notes* <b>of today</b>"))
    notebook.cells.append(new_raw_cell("and more"))


@changes(kinder="a cell ends at its first error at home; here the rest of it is looked at")
def an_error_above_the_answer(notebook):
    cell(notebook).source = "1 / 0\n" + RIGHT[MASK]


@changes(0)
def a_stranger_of_the_same_name(notebook):
    notebook.cells.append(new_code_cell(f"class {MASK}:\n    pass"))


@changes({MASK: 0})
def unwritten_and_used_by_another(notebook):
    cell(notebook).source = given(notebook)
    cell(notebook, COMBINE).source = (
        "def combine_masks(attention_mask, causal):\n"
        "    causal = causal & causal_mask(*causal.shape)\n" + RIGHT[COMBINE].rpartition('"""\n')[2]
    )


@changes({MASK: 0})
def unwritten_and_used_at_once(notebook):
    cell(notebook).source = given(notebook)
    insert(notebook, COMBINE, "square = causal_mask(3, 3)")
    used = "    square[0, 0]\n    return " + RIGHT[COMBINE].rpartition("return ")[2]
    cell(notebook, COMBINE).source = RIGHT[COMBINE].rpartition("    return ")[0] + used


@changes({MASK: 0, COMBINE: 0})
def a_wrong_one_is_used_by_another(notebook):
    cell(notebook).source = WRONG[MASK]
    cell(notebook, COMBINE).source = (
        "def combine_masks(attention_mask, causal):\n"
        "    return attention_mask.bool()[:, None, None, :] & causal_mask(*causal.shape)\n"
    )


@changes(0)
def a_right_one_in_the_wrong_place(notebook):
    insert(notebook, MASK, f"class Mine:\n    {HEAD}        return {TRIL}\n")
    notebook.cells.remove(cell(notebook))
