"""Makes the pictures of the gallery from a simulated race: `python docs/python/make-pictures.py`.

It needs the package with its extra `plot`, and Pillow. The pictures are `docs/pictures/python-*.png`.
"""

import io
import tempfile
from pathlib import Path

import acevo_telemetry as acevo
import matplotlib
from PIL import Image

matplotlib.use("Agg")

PICTURES = Path(__file__).resolve().parents[1] / "pictures"
#: Bytes that a picture may have.
LIMIT = 60_000


def save(figure, name):
    """Writes a figure with few colours, so that the file is small."""
    buffer = io.BytesIO()
    figure.savefig(buffer, dpi=80, metadata={"Software": None})
    path = PICTURES / f"python-{name}.png"
    Image.open(buffer).convert("RGB").quantize(128).save(path, optimize=True)
    size = path.stat().st_size
    assert size < LIMIT, f"{path.name}: {size} bytes"
    print(f"{path.name}: {size} bytes")


with tempfile.TemporaryDirectory() as folder:
    laps = acevo.simulate(Path(folder) / "race.acevo", 600, scenario="race", cars=8).laps
    best = laps.pick_fastest()
    comparison = acevo.compare(laps[5], best)
    save(best.plot(["speed", "throttle", "brake", "gear"]), "traces")
    save(best.plot_map("speed"), "map")
    save(comparison.plot(), "comparison")
