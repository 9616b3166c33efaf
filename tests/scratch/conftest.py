"""Fixtures of the engine's tests."""

import pytest


@pytest.fixture(scope="session")
def torch():
    return pytest.importorskip("torch", reason="torch is not installed")
