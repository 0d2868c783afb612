"""The notebook and the gallery of the documentation run, and the notebook has no outputs."""

from __future__ import annotations

import importlib
import json
import os
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

_HERE = Path(__file__).parent
#: In the repository, and in a copy of the tests beside the documentation.
_PLACES = [_HERE.parents[1] / "docs" / "python", _HERE.parent / "python"]
NOTEBOOK = next((place for place in _PLACES if place.is_dir()), _PLACES[0]) / "where-time-is-lost.ipynb"
GALLERY = NOTEBOOK.with_name("gallery.md")
NEEDED = ("nbformat", "nbclient", "ipykernel", "duckdb", "pandas", "matplotlib")


@pytest.fixture(scope="module")
def needed() -> None:
    """Packages that the notebook needs. Without one of them the test is left out."""
    for name in NEEDED:
        try:
            importlib.import_module(name)
        except ImportError:
            print(f"LEFT OUT: {name} is missing")
            pytest.skip(f"LEFT OUT: {name} is missing")


def test_notebook_has_no_outputs() -> None:
    for cell in json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            assert cell["outputs"] == []
            assert cell["execution_count"] is None


def test_notebook_runs(needed: None, tmp_path: Path) -> None:
    import nbclient
    import nbformat

    notebook: Any = nbformat.read(NOTEBOOK, as_version=4)
    client = nbclient.NotebookClient(notebook, timeout=600, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}})
    client.execute()
    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    texts = "\n".join(output.get("text", "") + str(output.get("data", {}).get("text/plain", "")) for output in outputs)
    pictures = [output for output in outputs if "image/png" in output.get("data", {})]
    assert len(pictures) == 4
    assert not [output for output in outputs if output.output_type == "error"]
    found = re.search(r"(Turn \d+) costs (\d\.\d+) s: (\d+)% of the difference", texts)
    assert found, texts
    assert 0 < int(found[3]) <= 100
    assert "drive.parquet" in texts
    tables = "".join(str(output.get("data", {}).get("text/html", "")) for output in outputs)
    assert "Braking earlier (m)" in tables
    assert "best_lap_to_ideal_lap" in tables


def test_snippets_of_the_gallery_run(race: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    matplotlib = pytest.importorskip("matplotlib")
    for name in ("fastf1", "duckdb", "pandas"):
        pytest.importorskip(name)
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    (tmp_path / "race.acevo").symlink_to(race) if os.name != "nt" else shutil.copy(race, tmp_path / "race.acevo")
    monkeypatch.chdir(tmp_path)
    snippets = re.findall(r"^```python\n(.*?)^```", GALLERY.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    assert len(snippets) >= 7
    for snippet in snippets:
        plt.close("all")
        exec(compile(snippet, str(GALLERY), "exec"), {})
        assert "savefig" not in snippet
        for number in plt.get_fignums():
            figure = plt.figure(number)
            figure.canvas.draw()
            assert any(axes.has_data() for axes in figure.axes)
    plt.close("all")
