"""The book's Sphinx extension lives beside the book, not in the package: make it importable."""

import shutil
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "book/_ext")]

from small_book import SmallBook  # noqa: E402


@pytest.fixture(scope="session")
def built_once(tmp_path_factory):
    book = SmallBook(tmp_path_factory.mktemp("built") / "small")
    status, _, error = book.build()
    assert status == 0, error
    return book.root


@pytest.fixture
def built_book(built_once, tmp_path):
    """A small book that has been built already."""
    return SmallBook(shutil.copytree(built_once, tmp_path / "small"), fill=False)


@pytest.fixture
def small_book(tmp_path):
    return SmallBook(tmp_path / "small")
