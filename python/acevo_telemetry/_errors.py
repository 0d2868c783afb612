"""Exceptions of the package."""

from __future__ import annotations


class AcevoError(Exception):
    """Base class of all exceptions of this package."""


class RecordingError(AcevoError):
    """A recording cannot be read or written."""


class RecordingNotFoundError(RecordingError, FileNotFoundError):
    """There is no such file."""


class LapNotFoundError(AcevoError, LookupError):
    """There is no such lap, or several laps are meant."""


class ChannelNotFoundError(AcevoError, KeyError):
    """There is no such channel."""

    def __str__(self) -> str:
        # A KeyError would show its message in quotes.
        return str(self.args[0]) if self.args else ""


class ArgumentError(AcevoError, ValueError):
    """An argument has a wrong value."""


class ExportError(AcevoError):
    """An export has failed."""


class LibraryError(AcevoError):
    """The library of recordings cannot be used."""
