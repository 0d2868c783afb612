"""A session of a recording under the names of FastF1."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from ._errors import ArgumentError, LapNotFoundError
from ._recording import Recording

if TYPE_CHECKING:
    from ._fastf1_session import FastF1Session


def fastf1(recording: Recording | str | os.PathLike[str], session: int | None = None) -> FastF1Session:
    """A session of a recording that stands for FastF1's session after `load()`. Needs pandas; FastF1 is not needed.

    `session` is the number of the session in the recording. By default it is the one with the most laps.

    Programs for FastF1 run with another line for loading. Laps of other cars are included; they have times, but no telemetry. A value that the
    game does not publish is missing: `NaN`, `NaT` or `None`.

    >>> session = acevo.fastf1(race)
    >>> lap = session.laps.pick_drivers(session.drivers[0]).pick_fastest()
    >>> lap["Compound"]
    'MEDIUM'
    >>> telemetry = lap.get_telemetry()
    >>> float(telemetry["Distance"].iloc[0]), round(float(telemetry["RelativeDistance"].iloc[-1]), 3)
    (0.0, 1.0)
    """
    opened = recording if isinstance(recording, Recording) else Recording(recording)
    sessions = opened.sessions
    if not sessions:
        raise LapNotFoundError(f"{opened.path} has no session")
    if session is None:
        chosen = max(sessions, key=lambda one: len(one.laps))
    else:
        found = [one for one in sessions if one.number == session]
        if not found:
            raise ArgumentError(f"session: {session}: expected 1 to {len(sessions)}")
        chosen = found[0]
    from ._fastf1_session import FastF1Session

    return FastF1Session(chosen)
