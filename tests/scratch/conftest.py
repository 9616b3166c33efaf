"""Fixtures and settings of the engine's tests."""

import os

import pytest
from hypothesis import settings

# The same examples in every run, so that a red test stays red until it is mended. To look for new
# ones: HYPOTHESIS_PROFILE=default pytest tests/scratch
settings.register_profile("steady", derandomize=True, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))


@pytest.fixture(scope="session")
def torch():
    return pytest.importorskip("torch", reason="torch is not installed")
