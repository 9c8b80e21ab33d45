"""Fixtures that cost seconds are made once a session."""

from typing import TYPE_CHECKING

import pytest

from workers.morphology import Morphology

if TYPE_CHECKING:
    from workers.runtime import Runtime


@pytest.fixture(scope="session")
def morphology() -> Morphology:
    return Morphology()


@pytest.fixture(scope="session")
def runtime(morphology: Morphology) -> "Runtime":
    from workers.runtime import load

    return load(morphology)
