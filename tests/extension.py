"""Modules of `book/extension/`: Sphinx loads them by name from their folder, which is no package."""

from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def book_module(name: str):
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(ROOT / "book" / "extension")
        return import_module(name)
