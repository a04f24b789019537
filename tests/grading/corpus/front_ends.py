"""What programs do to a notebook that they open and save."""

import ast

import jupytext
import nbformat
from nbconvert.preprocessors import ClearMetadataPreprocessor, ClearOutputPreprocessor
from nbformat.v4 import new_output

from autograder.course.marks import own
from corpus import ATTENTION, CHANGES, COMBINE, MASK, RIGHT, cell, changes

LOST = "The notebook has lost the marks of its cells; your answer was found by its name."


@changes()
def as_it_is(notebook):
    pass


def ran(notebook):
    """Outputs, as if all cells had been run."""
    for number, one in enumerate(notebook.cells, 1):
        if one.cell_type == "code":
            one.execution_count = number
            data = {"text/plain": "99", "text/html": "<b>99</b>"}
            one.outputs = [new_output("execute_result", data=data, execution_count=number)]


@changes()
def jupyterlab_runs_it(notebook):
    ran(notebook)
    for one in notebook.cells:
        one.metadata |= {"trusted": True, "execution": {"iopub.status.busy": "now"}}


@changes()
def colab(notebook):
    ran(notebook)
    notebook.metadata |= {"colab": {"provenance": []}, "accelerator": "GPU"}
    notebook.metadata["language_info"] = {"name": "python", "version": "3.13.1"}
    for number, one in enumerate(notebook.cells):
        one.metadata |= {
            "id": f"aB{number}", "outputId": "x", "colab": {"base_uri": "https://localhost/"},
            "executionInfo": {"status": "ok", "user": {"displayName": "Ada"}},
        }  # fmt: skip
        one.pop("id")
    notebook.nbformat_minor = 0


@changes(told=LOST)
def marks_are_dropped(notebook):
    for one in notebook.cells:
        one.metadata = {}


@changes(told=LOST)
def everything_but_text_is_dropped(notebook):
    notebook.metadata = nbformat.from_dict({"given": notebook.metadata["given"]})
    notebook.nbformat_minor = 2
    for one in notebook.cells:
        one.metadata = {}
        one.pop("id")


@changes(told=LOST)
def marks_and_checks_are_lost(notebook):
    notebook.cells = [one for one in notebook.cells if not own(one).get("grade")]
    marks_are_dropped(notebook)


@changes()
def vscode(notebook):
    notebook.metadata["language_info"] = {"name": "python"}
    notebook.nbformat_minor = 2
    for one in notebook.cells:
        one.metadata["vscode"] = {"languageId": "python"}
        one.pop("id")


@changes()
def pycharm(notebook):
    notebook.nbformat_minor = 1
    for one in notebook.cells:
        one.metadata |= {"pycharm": {"name": "#%%\n"}, "collapsed": False, "ExecuteTime": {}}
        one.pop("id")


@changes()
def outputs_are_cleared(notebook):
    ran(notebook)
    return ClearOutputPreprocessor().preprocess(notebook, {})[0]


@changes(told=LOST)
def metadata_are_cleared(notebook):
    keep = ClearMetadataPreprocessor(enabled=True, preserve_nb_metadata_mask={("given",)})
    return keep.preprocess(notebook, {})[0]


def round_trip(notebook, form):
    kept = notebook.metadata["given"]
    made = jupytext.reads(jupytext.writes(notebook, fmt=form), fmt=form)
    made.metadata["given"] = kept
    return made


@changes()
def jupytext_percent(notebook):
    return round_trip(notebook, "py:percent")


@changes()
def jupytext_myst(notebook):
    return round_trip(notebook, "md:myst")


@changes()
def jupytext_markdown(notebook):
    return round_trip(notebook, "md")


@changes(told=LOST)
def jupytext_without_metadata(notebook):
    for one in notebook.cells:
        one.metadata = {}
    return round_trip(notebook, "py:percent")


@changes()
def lines_end_as_on_windows(notebook):
    for one in notebook.cells:
        one.source = one.source.replace("\n", "\r\n")


@changes()
def spaces_at_the_ends_of_lines(notebook):
    for one in notebook.cells:
        one.source = "\n".join(line + "  " for line in one.source.split("\n")) + "\n\n"


@changes()
def a_formatter_ran_over_it(notebook):
    for one in notebook.cells:
        if one.cell_type == "code" and "%pip" not in one.source:
            one.source = ast.unparse(ast.parse(one.source))


@changes()
def ids_are_all_alike(notebook):
    for one in notebook.cells:
        one.id = "same"


@changes()
def marks_of_another_version(notebook):
    for one in notebook.cells:
        if own(one):
            one.metadata["nbgrader"] |= {"schema_version": 99, "points": 50, "locked": False}


@changes()
def an_answer_merged_with_its_check(notebook):
    check = cell(notebook, f"{MASK}-check")
    cell(notebook).source += "\n\n" + check.source
    notebook.cells.remove(check)


@changes(told=f"Found in the cell of `{MASK}`.")
def all_answers_merged_into_one(notebook):
    cell(notebook).source = "\n\n".join(RIGHT.values())
    for name in (COMBINE, ATTENTION):
        notebook.cells.remove(cell(notebook, name))


@changes()
def all_code_merged_into_one(notebook):
    sources = [one.source for one in notebook.cells if one.cell_type == "code"]
    notebook.cells = [nbformat.v4.new_code_cell("\n\n".join(sources))]


__all__ = ["CHANGES"]
