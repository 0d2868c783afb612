"""Plots with matplotlib: traces of laps, maps, comparisons."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ._errors import ArgumentError
from ._format import lap_time
from ._import import needed
from ._tools import channel

if TYPE_CHECKING:
    from ._compare import Comparison
    from ._laps import Lap

#: Channels of `plot_lap` without a choice.
TRACES = ("speed", "throttle", "brake", "gear", "steering")

_LAP, _REFERENCE, _LOST, _GAINED = "#d1495b", "#30638e", "#d1495b", "#2a9d8f"
_INSTALL = "acevo-telemetry[plot]"
#: Metres between two rows of a plot.
_STEP = 2.0


def plot_lap(lap: Lap, channels: Sequence[str] | str = TRACES, *, axes: Any = None, label: str | None = None, step: float = _STEP) -> Any:
    """Draws channels of a lap over the distance, one below the other. Returns the figure. Needs matplotlib.

    `axes` are those of an earlier plot, for a second lap in the same figure: as many as channels.

    >>> figure = acevo.open(race).laps.pick_fastest().plot(["speed", "gear"])
    >>> [axes.get_ylabel() for axes in figure.axes]
    ['Speed (km/h)', 'Gear']
    """
    names = [channels] if isinstance(channels, str) else list(channels)
    if not names:
        raise ArgumentError("channels: expected at least one")
    numpy = _numpy()
    table = lap.telemetry(names, by="distance", step=step)
    if axes is None:
        figure, drawn = _pyplot().subplots(
            len(names), 1, sharex=True, squeeze=False, figsize=(10, 1.2 + 1.6 * len(names)), layout="constrained"
        )
        targets = list(drawn[:, 0])
        figure.suptitle(_title(lap))
    else:
        targets = list(numpy.atleast_1d(numpy.asarray(axes, dtype=object)).ravel())
        if len(targets) != len(names):
            raise ArgumentError(f"axes: {len(targets)} for {len(names)} channels")
        figure = targets[0].figure
    distance = numpy.asarray(table["distance_m"])
    for target, name in zip(targets, names):
        values = numpy.asarray(table[name])
        if values.dtype.kind not in "biuf":
            raise ArgumentError(f"channels: {name} has no numbers")
        steps = table[name].dtype not in ("float32", "float64")
        target.plot(
            distance, values, drawstyle="steps-post" if steps else "default", linewidth=1.2, label=label or _name(lap)
        )
        target.set_ylabel(_with_unit(channel(name).title, table[name].unit))
        target.grid(alpha=0.3)
    targets[-1].set_xlabel("Distance (m)")
    if len(distance):
        targets[-1].set_xlim(0.0, float(distance[-1]))
    if axes is not None:
        targets[0].legend(loc="upper right", fontsize="small")
    return figure


def plot_map(
    lap: Lap,
    color: str = "speed",
    *,
    comparison: Comparison | None = None,
    ax: Any = None,
    corners: bool = True,
    cmap: Any = None,
    step: float = _STEP,
) -> Any:
    """Draws the line of a lap seen from above, coloured by a channel. Returns the figure. Needs matplotlib.

    `color="delta"` with a `comparison` of this lap shows where time is lost: seconds lost in 100 m. North is up.

    >>> figure = acevo.open(race).laps.pick_fastest().plot_map("gear")
    >>> figure.axes[1].get_ylabel()
    'Gear'
    """
    numpy = _numpy()
    is_delta = color == "delta" and comparison is not None
    names = ["position_x", "position_z"] + ([] if is_delta or color in ("position_x", "position_z") else [color])
    table = lap.telemetry(names, by="distance", step=step)
    x, y = numpy.asarray(table["position_x"], dtype=float), 0.0 - numpy.asarray(table["position_z"], dtype=float)
    distance = numpy.asarray(table["distance_m"])
    if is_delta and comparison is not None:
        if comparison.lap != lap:
            raise ArgumentError("comparison: it is of another lap")
        values = loss_per_100_m(comparison, distance)
        limit = float(numpy.nanpercentile(numpy.abs(values), 99)) if len(values) else 0.0
        limits, title, palette = (-(limit or 1.0), limit or 1.0), "Time lost (s per 100 m)", None
    else:
        values = numpy.asarray(table[color], dtype=float)
        known = values[~numpy.isnan(values)]
        limits = (float(known.min()), float(known.max())) if len(known) else (0.0, 1.0)
        title, palette = _with_unit(channel(color).title, table[color].unit), "viridis"
    if ax is None:
        figure, ax = _pyplot().subplots(figsize=(8, 8), layout="constrained")
        figure.suptitle(_title(lap))
    figure = ax.figure
    is_stepped = not is_delta and table[color].dtype not in ("float32", "float64")
    _colored_line(figure, ax, (x, y, values), limits, title, cmap or palette or _gain_to_loss(), is_stepped)
    ax.margins(0.08)
    ax.autoscale_view()
    ax.set_aspect("equal")
    ax.set_xlabel("East (m)")
    ax.set_ylabel("North (m)")
    ax.grid(alpha=0.2)
    if corners and len(distance):
        _name_corners(ax, lap, x, y, distance)
    return figure


def plot_comparison(comparison: Comparison, *, axes: Any = None, step: float = _STEP) -> Any:
    """Draws the speeds of both laps over the distance, with the numbers of the corners, and the delta below. Returns the figure.

    The delta rises where the lap loses time. `axes` are two axes to draw into. Needs matplotlib.
    """
    numpy = _numpy()
    if axes is None:
        figure, pair = _pyplot().subplots(
            2, 1, sharex=True, figsize=(11, 6), gridspec_kw={"height_ratios": (2, 1)}, layout="constrained"
        )
        figure.suptitle(f"{_title(comparison.lap)}\nagainst {_name(comparison.reference)}")
    else:
        pair = list(numpy.asarray(axes, dtype=object).ravel())
        if len(pair) != 2:
            raise ArgumentError(f"axes: {len(pair)}, expected 2")
        figure = pair[0].figure
    speed, lost = pair
    for lap, line in ((comparison.reference, _REFERENCE), (comparison.lap, _LAP)):
        table = lap.telemetry(["speed"], by="distance", step=step)
        speed.plot(numpy.asarray(table["distance_m"]), numpy.asarray(table["speed"]), color=line, linewidth=1.2, label=_name(lap))
    speed.set_ylabel("Speed (km/h)")
    speed.legend(loc="lower right", fontsize="small")
    distance, delta = numpy.asarray(comparison.delta["distance_m"]), numpy.asarray(comparison.delta["delta_s"])
    lost.axhline(0.0, color="#888888", linewidth=0.8)
    lost.fill_between(distance, delta, 0.0, where=delta >= 0, color=_LOST, alpha=0.25, interpolate=True, linewidth=0)
    lost.fill_between(distance, delta, 0.0, where=delta <= 0, color=_GAINED, alpha=0.25, interpolate=True, linewidth=0)
    lost.plot(distance, delta, color="#333333", linewidth=1.2)
    lost.set_ylabel("Delta (s)\npositive: slower")
    lost.set_xlabel("Distance (m)")
    for target in pair:
        target.grid(alpha=0.3)
    if len(distance):
        lost.set_xlim(0.0, float(distance[-1]))
        _mark_corners(speed, comparison.lap, float(distance[-1]))
    return figure


def loss_per_100_m(comparison: Comparison, distance: Any) -> Any:
    """Seconds that a lap loses in 100 m, at distances: the slope of the delta over 50 m."""
    numpy = _numpy()
    known, delta = numpy.asarray(comparison.delta["distance_m"]), numpy.asarray(comparison.delta["delta_s"])
    if len(known) < 2:
        return numpy.zeros(len(distance))
    half = 25.0
    start, end = numpy.clip(distance - half, known[0], known[-1]), numpy.clip(distance + half, known[0], known[-1])
    spans = numpy.maximum(end - start, 1e-9)
    return (numpy.interp(end, known, delta) - numpy.interp(start, known, delta)) / spans * 100.0


def _gain_to_loss() -> Any:
    """Colours from gained to lost time."""
    colors = needed("matplotlib.colors", _INSTALL)
    return colors.LinearSegmentedColormap.from_list("gain_to_loss", [_GAINED, "#d0d0d0", _LOST])


def _colored_line(
    figure: Any, ax: Any, line: tuple[Any, Any, Any], limits: tuple[float, float], title: str, cmap: Any, is_stepped: bool
) -> None:
    numpy = _numpy()
    collections, colors = needed("matplotlib.collections", _INSTALL), needed("matplotlib.colors", _INSTALL)
    x, y, values = line
    points = numpy.column_stack([x, y]).reshape(-1, 1, 2)
    segments = numpy.concatenate([points[:-1], points[1:]], axis=1)
    ticks = None
    if is_stepped and limits[1] - limits[0] < 20:
        low, high = int(limits[0]), int(limits[1])
        palette = _pyplot().get_cmap(cmap, high - low + 1)
        norm, ticks = colors.BoundaryNorm(numpy.arange(low - 0.5, high + 1), palette.N), list(range(low, high + 1))
    else:
        palette, norm = _pyplot().get_cmap(cmap), colors.Normalize(*limits)
    drawn = collections.LineCollection(segments, cmap=palette, norm=norm, linewidth=3.5, capstyle="round")
    drawn.set_array(values[:-1])
    ax.add_collection(drawn)
    bar = figure.colorbar(drawn, ax=ax, ticks=ticks, shrink=0.8)
    bar.set_label(title)


def _corners(lap: Lap) -> list[dict[str, Any]]:
    """The corners of the track of a lap; none if the recording ends on another track."""
    last = lap.recording.sessions[-1]
    if (last.track_key, last.layout) != (lap.session.track_key, lap.session.layout):
        return []
    return lap.recording.corners


def _name_corners(ax: Any, lap: Lap, x: Any, y: Any, distance: Any) -> None:
    numpy = _numpy()
    size = max(float(numpy.ptp(x)), float(numpy.ptp(y)), 1.0)
    length = lap.session.track_length or float(distance[-1])
    for corner in _corners(lap):
        index = int(numpy.clip(numpy.searchsorted(distance, corner["apex"] * length), 1, len(distance) - 2))
        heading = numpy.array([x[index + 1] - x[index - 1], y[index + 1] - y[index - 1]])
        norm = float(numpy.hypot(*heading)) or 1.0
        side = 1.0 if corner["direction"] == "right" else -1.0
        outside = numpy.array([-heading[1], heading[0]]) / norm * side * size * 0.04
        ax.annotate(
            str(corner["number"]),
            (x[index] + outside[0], y[index] + outside[1]),
            ha="center",
            va="center",
            fontsize=9,
            bbox={"boxstyle": "circle,pad=0.25", "facecolor": "white", "edgecolor": "#888888", "linewidth": 0.8},
        )
    start = numpy.array([x[1] - x[0], y[1] - y[0]])
    across = numpy.array([-start[1], start[0]]) / (float(numpy.hypot(*start)) or 1.0) * size * 0.015
    ax.plot([x[0] - across[0], x[0] + across[0]], [y[0] - across[1], y[0] + across[1]], color="black", linewidth=2, zorder=3)


def _mark_corners(ax: Any, lap: Lap, length: float) -> None:
    top = ax.get_xaxis_transform()
    for corner in _corners(lap):
        at = corner["apex"] * length
        ax.axvline(at, color="#999999", linewidth=0.8, linestyle=":", zorder=0)
        ax.text(at, 1.01, str(corner["number"]), transform=top, ha="center", va="bottom", fontsize=9, color="#555555")


def _title(lap: Lap) -> str:
    return " · ".join(part for part in (lap.track, lap.layout, lap.car, _name(lap)) if part)


def _name(lap: Lap) -> str:
    return f"lap {lap.id}, {lap_time(lap.time)}" if lap.time is not None else f"lap {lap.id}"


def _with_unit(title: str, unit: str) -> str:
    return f"{title} ({unit})" if unit else title


def _pyplot() -> Any:
    return needed("matplotlib.pyplot", _INSTALL)


def _numpy() -> Any:
    return needed("numpy", _INSTALL)
