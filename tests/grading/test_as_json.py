"""The text of a notebook's file is nbformat's own."""

import pytest
from nbformat import v4

from autograder.course.as_json import as_json

DATA = {"text/html": "<p>\n</p>", "text/plain": "1", "application/json": {"b": [1, {"a": []}]}}
CELLS = [
    v4.new_markdown_cell("ä \u2028 🙂\n ],\n \"metadata\": {}", id="a", attachments={
        "x.png": {"image/png": "AAAA", "text/plain": "two\nlines"}}),
    v4.new_code_cell('x = {"cells": []}\n', id="b", metadata={"trusted": True, "tags": []}),
    v4.new_code_cell("", id="c", outputs=[
        v4.new_output("execute_result", data=DATA, execution_count=1),
        v4.new_output("stream", text="one\n\ntwo")]),
    v4.new_raw_cell("", id="d"),
]  # fmt: skip
METADATA = {"tags": {"cells": []}, "signature": "s", "z": '"cells": []', "a": 0.1}


@pytest.mark.parametrize("cells", [CELLS, CELLS[:1], [], CELLS + CELLS])
def test_a_notebook_is_written_as_nbformat_writes_it(cells):
    """Byte for byte, also the second time, when its cells are remembered?"""
    notebook = v4.new_notebook(cells=cells, metadata=METADATA)
    for _ in range(2):
        assert as_json(notebook) == v4.writes(notebook)
