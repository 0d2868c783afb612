"""Packages that only parts of this package need, imported when they are needed."""

from __future__ import annotations

import importlib
from typing import Any

from ._errors import AcevoError


def needed(name: str, install: str) -> Any:
    """A module of another package.

    `install` is what `pip` installs. Raises `AcevoError`, which names it, if the module is missing.
    """
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise AcevoError(f"this needs {name.split('.')[0]}: pip install {install}") from error
