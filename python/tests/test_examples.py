"""The examples in docstrings, and that every public item has one of its own or of its class."""

from __future__ import annotations

import doctest
import inspect
from pathlib import Path

import acevo_telemetry as acevo
import pytest

PUBLIC = {name: getattr(acevo, name) for name in acevo.__all__}
FINDER = doctest.DocTestFinder(exclude_empty=True)
EXAMPLES = {
    test.name: test
    for name, item in PUBLIC.items()
    for test in FINDER.find(item, name, module=False)  # type: ignore[arg-type]
    if test.examples
}


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_example(name: str, race: Path, recordings: Path, folder: Path) -> None:
    test = EXAMPLES[name]
    test.globs = {"acevo": acevo, "race": race, "recordings": recordings, "folder": folder}
    report: list[str] = []
    doctest.DocTestRunner(optionflags=doctest.IGNORE_EXCEPTION_DETAIL).run(test, out=report.append)
    assert not report, "".join(report)


def test_every_public_item_has_documentation() -> None:
    for name, item in PUBLIC.items():
        assert inspect.getdoc(item), name
        for member, value in vars(item).items() if inspect.isclass(item) else ():
            is_public = not member.startswith("_") and (callable(value) or isinstance(value, property))
            assert not is_public or inspect.getdoc(value), f"{name}.{member}"


def test_every_public_class_and_function_has_an_example() -> None:
    classes_of_rust = {"Column", "Frame", "Table"}
    errors = {name for name, item in PUBLIC.items() if inspect.isclass(item) and issubclass(item, Exception)}
    shown = {name.split(".")[0] for name in EXAMPLES}
    # What a function returns is shown by its example.
    returned = {"Channel", "Live", "Lap", "Laps", "Session"}
    assert set(PUBLIC) - shown - errors - classes_of_rust - returned == set()
