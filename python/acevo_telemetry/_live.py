"""Live telemetry."""

from __future__ import annotations

import asyncio
import os
from collections import deque
from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING, Any

from . import _acevo
from ._errors import ArgumentError

if TYPE_CHECKING:
    from types import TracebackType

    from ._acevo import Frame

#: Longest wait in a thread of a pool, after which an asynchronous loop looks whether it was cancelled.
_WAIT_S = 0.25


class Live(Iterator["Frame"], AsyncIterator["Frame"]):
    """Frames of the game as they arrive. `live` makes one.

    Reading happens in a thread of its own: nothing is missed while the program works on a frame. Up to twelve seconds of packets wait for a
    slow program; `dropped` counts those that were too many. Ctrl-C ends the wait.
    """

    def __init__(self, source: _acevo.LiveSource) -> None:
        self._source = source
        self._waiting: deque[Frame] = deque()

    def __iter__(self) -> Live:
        return self

    def __next__(self) -> Frame:
        frame = self.next()
        if frame is None:
            self.close()
            raise StopIteration
        return frame

    def next(self, timeout: float | None = None) -> Frame | None:
        """The next frame; `None` at the end of a replay, and if none arrives in `timeout` seconds."""
        if self._waiting:
            return self._waiting.popleft()
        return self._source.next(timeout)

    def __aiter__(self) -> Live:
        return self

    async def __anext__(self) -> Frame:
        while not self._waiting:
            if self._source.stats["is_over"]:
                self.close()
                raise StopAsyncIteration
            self._waiting.extend(await asyncio.to_thread(self._source.next_frames, _WAIT_S))
        return self._waiting.popleft()

    @property
    def state(self) -> str:
        """`waiting`, `attached`, `menu`, `live`, `paused`, `replay` or `frozen`."""
        return str(self._source.stats["state"])

    @property
    def received(self) -> int:
        """Number of frames so far."""
        return int(self._source.stats["received"])

    @property
    def missed(self) -> int:
        """Number of packets of the game that could not be read in time."""
        return int(self._source.stats["missed"])

    @property
    def dropped(self) -> int:
        """Number of frames that were dropped because the program was too slow."""
        return int(self._source.stats["dropped"])

    @property
    def stats(self) -> dict[str, Any]:
        """State, location, counts, and `problem`: why the game cannot be read."""
        return self._source.stats

    def close(self) -> None:
        """Stops reading, and completes the recording."""
        self._source.close()

    def __enter__(self) -> Live:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Live: {self.state}, {self.received} frames, {self.missed} missed>"


def live(
    rate: float | None = None,
    *,
    replay: str | os.PathLike[str] | None = None,
    demo: bool | str = False,
    speed: float = 1.0,
    record: str | os.PathLike[str] | None = None,
    pages: str | os.PathLike[str] | None = None,
    seed: int = 1,
) -> Live:
    """Frames of the running game: every packet, or the newest one at a `rate` per second.

    The game may be started before or after; the iteration waits for it. `replay` plays a recording back, and `demo` drives a simulated car
    (`True`, or the name of a scenario); both behave as the game does. `record` also writes every packet to a new recording. `pages` names
    a folder with the files of the pages on Linux. The iteration works with `for` and with `async for`.

    >>> with acevo.live(rate=60, demo="hot-laps") as live:
    ...     frame = next(live)
    >>> frame["gear"] == frame.gear, frame["speed"] >= 0
    (True, True)
    """
    if replay is not None and demo:
        raise ArgumentError("replay and demo: only one of them can be the source")
    scenario = ("weekend" if demo is True else demo) or None
    source = _acevo.LiveSource(
        rate,
        None if replay is None else os.fspath(replay),
        speed,
        scenario,
        None if pages is None else os.fspath(pages),
        None if record is None else os.fspath(record),
        seed,
    )
    return Live(source)
