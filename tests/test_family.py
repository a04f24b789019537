"""The table of models: each has a date, a source, and parents that are not younger."""

import re
from datetime import date

import pybtex.database
import pytest
from pages import ROOT

from byhand.family import AS_OF, BOTH, CLOSED, DECODER, ENCODER, FREE, MODELS, OWN

WORKS = pybtex.database.parse_file(str(ROOT / "references.bib")).entries
BY_NAME = {model.name: model for model in MODELS}
every_model = pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)


def earliest(model) -> date:
    """The first day that its date may mean."""
    return date.fromisoformat((model.date + "-01")[:10])


def test_names_are_there_once_and_in_the_order_of_their_dates():
    """Can a reader find a model by its name, and read the list as a history?"""
    assert len(BY_NAME) == len(MODELS)
    months = [model.date[:7] for model in MODELS]
    assert months == sorted(months)


@every_model
def test_a_date_says_how_exact_it_is_and_is_past(model):
    """Is it a day or a month that there is, and not after the table was last read?"""
    assert re.fullmatch(r"\d{4}-\d\d(-\d\d)?", model.date)
    assert model.precision in ("month", "day")
    assert date(2017, 6, 1) <= earliest(model)
    assert model.date[:7] <= AS_OF


@every_model
def test_a_source_can_be_looked_up(model):
    """Is each in the bibliography, or an address of those who made it?"""
    assert model.source in WORKS or model.source.startswith("https://")
    assert not model.post or model.post.startswith("https://")
    if model.source in WORKS:  # a print may be years later than the preprint, never earlier
        assert model.date[:4] <= WORKS[model.source].fields["year"]


@every_model
def test_parents_are_there_and_not_younger(model):
    """Does nobody descend from a model that came later?"""
    for parent in model.parents:
        assert BY_NAME[parent].date[:7] <= model.date[:7], parent
        assert MODELS.index(BY_NAME[parent]) < MODELS.index(model)


@every_model
def test_what_is_said_has_the_words_that_pages_count_on(model):
    """Is each of a known kind, with weights that are open in a known way and a size or None?"""
    assert model.kind in (ENCODER, DECODER, BOTH)
    assert model.weights in (FREE, OWN, CLOSED)
    assert model.size is None or 1e7 < model.size < 1e13
    assert model.by
