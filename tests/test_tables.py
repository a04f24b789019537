"""Tables of chapters: real ones where HTML is drawn, aligned text elsewhere."""

import pytest

from byhand.tables import as_html, kind, table


def test_numbers_are_aligned_at_their_right(capsys):
    """Can digits of the same worth be compared by going down a column?"""
    table([["BERT", 12, "3.5 %"], ["GPT-2", 1024, "12.25 %"]], ["model", "rows", "share"])
    assert capsys.readouterr().out.splitlines() == [
        "model   rows    share",
        "BERT      12    3.5 %",
        "GPT-2  1,024  12.25 %",
    ]


def test_a_cell_is_shown_as_the_chapter_wrote_it(capsys):
    """Does a number keep the digits that the caller chose, and a text its spaces?"""
    table([[" the", f"{1 / 3:.1%}", 2 / 3, None]])
    assert capsys.readouterr().out == " the  33.3%  0.667\n"


@pytest.mark.parametrize(
    "text", ["12", "-3.5", "1e-07", "40 %", "7 ms", "-inf", "nan", "1,024", ""]
)
def test_a_number_is_told_from_a_word(text):
    """Is a column of measured values one of numbers, also where one is missing?"""
    assert kind(["1", text]) == "bh-number"
    assert kind(["1", "one"]) == "bh-text"


def test_html_says_which_cells_name_others():
    """Does a reader of the screen hear the row and the column of a number?"""
    drawn = as_html([["<s>", "1"]], ["", "count"], ["bh-text", "bh-number"])
    assert '<th scope="row" class="bh-text"' in drawn
    assert "&lt;s&gt;" in drawn
    assert '<th scope="col" class="bh-number"' in drawn


def test_a_short_row_is_told():
    """Does a row with a cell too few say which one it is?"""
    with pytest.raises(ValueError, match=r"row of 1 cells, \['b'\], where the head has 2"):
        table([["a", 1], ["b"]], ["x", "y"])
