"""Recordings that tests share. All are simulated."""

from __future__ import annotations

from pathlib import Path

import acevo_telemetry as acevo
import pytest


@pytest.fixture(scope="session")
def recordings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a race and a few hot laps."""
    folder = tmp_path_factory.mktemp("recordings")
    acevo.simulate(folder / "race.acevo", 600, scenario="race", cars=8)
    acevo.simulate(folder / "hot.acevo", 300)
    return folder


@pytest.fixture(scope="session")
def race(recordings: Path) -> Path:
    """The race."""
    return recordings / "race.acevo"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder."""
    return tmp_path
