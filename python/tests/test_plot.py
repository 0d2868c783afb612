"""Plots: what is drawn, the units of axes, and plots in figures of the caller."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import acevo_telemetry as acevo
import numpy as np
import pytest
from acevo_telemetry import _plot

matplotlib = pytest.importorskip("matplotlib")


@pytest.fixture(autouse=True)
def pyplot() -> Iterator[Any]:
    """matplotlib without a screen."""
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    yield plt
    plt.close("all")


@pytest.fixture(scope="module")
def laps(race: Path) -> acevo.Laps:
    """The laps of the race."""
    return acevo.open(race).laps


def test_plot_lap_draws_each_channel_with_its_unit(laps: acevo.Laps) -> None:
    lap = laps.pick_fastest()
    figure = lap.plot(["speed", "gear", "brake"])
    figure.canvas.draw()
    assert [axes.get_ylabel() for axes in figure.axes] == ["Speed (km/h)", "Gear", "Brake (%)"]
    assert figure.axes[-1].get_xlabel() == "Distance (m)"
    table = lap.telemetry("speed", "gear", "brake", by="distance", step=2)
    for axes, name in zip(figure.axes, ("speed", "gear", "brake")):
        (line,) = axes.get_lines()
        np.testing.assert_array_equal(line.get_xdata(), np.asarray(table["distance_m"]))
        np.testing.assert_array_equal(line.get_ydata(), np.asarray(table[name]))
    assert figure.axes[1].get_lines()[0].get_drawstyle() == "steps-post"
    assert lap.track in figure.get_suptitle()
    assert "1:24.869" in figure.get_suptitle()


def test_plot_lap_draws_a_second_lap_into_the_same_axes(laps: acevo.Laps) -> None:
    figure = laps[1].plot("speed")
    assert laps[2].plot("speed", axes=figure.axes, label="other") is figure
    first, second = figure.axes[0].get_lines()
    assert first.get_color() != second.get_color()
    assert [text.get_text() for text in figure.axes[0].get_legend().get_texts()] == ["lap 1/2, 1:25.282", "other"]
    assert len(laps[1].plot().axes) == len(_plot.TRACES)


def test_plot_map_is_not_mirrored_and_has_equal_units(laps: acevo.Laps) -> None:
    lap = laps.pick_fastest()
    figure = lap.plot_map()
    figure.canvas.draw()
    axes, bar = figure.axes
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("East (m)", "North (m)")
    assert bar.get_ylabel() == "Speed (km/h)"
    (line,) = axes.collections
    points = np.array([segment[0] for segment in line.get_segments()])
    table = lap.telemetry("speed", "position_x", "position_z", by="distance", step=2)
    np.testing.assert_allclose(points[:, 0], np.asarray(table["position_x"])[:-1], atol=1e-3)
    np.testing.assert_allclose(points[:, 1], -np.asarray(table["position_z"])[:-1], atol=1e-3)
    np.testing.assert_allclose(line.get_array(), np.asarray(table["speed"])[:-1])
    # The first corner of the simulated track leads to the right: its number is on the left of the line.
    assert axes.get_aspect() == 1.0
    assert [text.get_text() for text in axes.texts] == [str(corner["number"]) for corner in lap.recording.corners]
    # All numbers lie inside of the axes.
    for text in axes.texts:
        assert axes.get_window_extent().contains(*text.get_window_extent().get_points().mean(axis=0))


def test_plot_map_has_a_color_for_each_gear(laps: acevo.Laps) -> None:
    figure = laps.pick_fastest().plot_map("gear", corners=False)
    figure.canvas.draw()
    axes, bar = figure.axes
    assert bar.get_ylabel() == "Gear"
    assert [tick.get_text() for tick in bar.get_yticklabels()] == ["1", "2", "3", "4", "5", "6"]
    assert not axes.texts
    low, *_, high = np.unique(axes.collections[0].get_array())
    assert axes.collections[0].norm(low) == 0
    assert axes.collections[0].norm(high) == axes.collections[0].cmap.N - 1


def test_plot_map_shows_where_time_is_lost(laps: acevo.Laps) -> None:
    comparison = acevo.compare(laps[2], laps.pick_fastest())
    figure = laps[2].plot_map("delta", comparison=comparison)
    (line,) = figure.axes[0].collections
    values = np.asarray(line.get_array())
    # The sum over the lap is the difference of the lap times.
    assert values.mean() * laps[2].session.track_length / 100 == pytest.approx(comparison.total, abs=0.05)
    assert line.norm.vmin == -line.norm.vmax
    # So is the sum up to any distance the delta there.
    delta = np.interp(2600, np.asarray(comparison.delta["distance_m"]), np.asarray(comparison.delta["delta_s"]))
    assert values[:1300].sum() * 2 / 100 == pytest.approx(delta, abs=0.05)
    with pytest.raises(acevo.ArgumentError, match="another lap"):
        laps[1].plot_map("delta", comparison=comparison)


def test_plot_comparison_draws_speeds_and_delta(laps: acevo.Laps) -> None:
    comparison = acevo.compare(laps[2], laps.pick_fastest())
    figure = comparison.plot()
    figure.canvas.draw()
    speed, lost = figure.axes
    assert speed.get_ylabel() == "Speed (km/h)"
    assert lost.get_ylabel().startswith("Delta (s)")
    assert lost.get_xlabel() == "Distance (m)"
    labels = [text.get_text() for text in speed.get_legend().get_texts()]
    assert labels == ["lap 1/5, 1:24.869", "lap 1/3, 1:27.079"]
    delta = lost.get_lines()[-1]
    np.testing.assert_array_equal(delta.get_ydata(), np.asarray(comparison.delta["delta_s"]))
    assert delta.get_ydata()[-1] == pytest.approx(comparison.total, abs=0.01)
    assert [text.get_text() for text in speed.texts] == [str(corner["number"]) for corner in laps[2].recording.corners]


def test_plots_draw_into_axes_of_the_caller(laps: acevo.Laps, pyplot: Any) -> None:
    figure, axes = pyplot.subplots(1, 3)
    comparison = acevo.compare(laps[2], laps.pick_fastest())
    assert laps[2].plot_map(ax=axes[0]) is figure
    assert comparison.plot(axes=axes[1:]) is figure
    assert axes[0].collections
    assert axes[1].get_lines()


def test_plots_refuse_wrong_arguments(laps: acevo.Laps, pyplot: Any) -> None:
    _, axes = pyplot.subplots(1, 3)
    lap = laps.pick_fastest()
    for wrong in (
        lambda: lap.plot([]),
        lambda: lap.plot(["speed"], axes=axes),
        lambda: lap.plot(["tyre_compound_front"]),
        lambda: acevo.compare(lap, lap).plot(axes=axes),
    ):
        with pytest.raises(acevo.ArgumentError):
            wrong()
    with pytest.raises(acevo.ChannelNotFoundError):
        lap.plot(["sped"])


def test_plots_of_an_unfinished_lap_are_drawn(laps: acevo.Laps) -> None:
    assert not laps[-1].is_complete
    laps[-1].plot().canvas.draw()
    laps[-1].plot_map().canvas.draw()


def test_plots_without_matplotlib_name_what_to_install(laps: acevo.Laps, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == "matplotlib"]:
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(acevo.AcevoError, match=r"pip install acevo-telemetry\[plot\]"):
        laps.pick_fastest().plot()
    with pytest.raises(acevo.AcevoError, match=r"pip install acevo-telemetry\[plot\]"):
        laps.pick_fastest().plot_map()
