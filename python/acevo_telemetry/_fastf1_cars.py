"""Cars of a session as FastF1 names them, and their colours in FastF1's plots."""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any

from ._recording import Session

#: Colours of teams, in the order of the teams. The game has no colours of teams.
PALETTE = (
    "#1f77b4", "#ff7f0e", "#2ca02c", "#d62728", "#9467bd", "#8c564b", "#e377c2", "#17becf", "#bcbd22", "#5a6a7a",
)  # fmt: skip
#: Number of line styles that FastF1 has for the drivers of a team.
STYLES = 4


@dataclass
class Car:
    """A car with its driver."""

    #: Identifier of the car in the recording.
    id: str
    #: Number of the car; a free number if the recording has none.
    number: str
    #: Abbreviation of the driver: that of the game, or three letters of the name, or `C` and the number.
    code: str
    #: Name of the driver; empty if unknown.
    name: str
    #: Model of the car; empty if unknown.
    team: str
    #: It is the player's car, which has telemetry.
    is_player: bool
    #: Its laps as `Recording.cars` has them; none for the player's car.
    laps: list[dict[str, Any]] = field(default_factory=lambda: [])

    @property
    def first_name(self) -> str:
        """First name of the driver."""
        return self.name.rpartition(" ")[0]

    @property
    def last_name(self) -> str:
        """Last name of the driver."""
        return self.name.rpartition(" ")[2]


def cars_of(session: Session) -> list[Car]:
    """The cars of a session: the player's car first, then the others in the order of their numbers."""
    everyone = session.recording.cars
    player = next((car for car in everyone if car["is_player"]), {})
    model = player.get("model")
    others: list[tuple[dict[str, Any], list[dict[str, Any]]]] = []
    for car in everyone:
        laps = [lap for lap in car["laps"] if lap["session"] == session.number]
        if not car["is_player"] and laps:
            others.append((car, laps))
    others.sort(key=lambda pair: (pair[0]["number"] is None, pair[0]["number"] or 0))
    numbers = _numbers([player.get("number"), *(car["number"] for car, _ in others)])
    codes: set[str] = set()

    def code_of(short_name: str | None, name: str, number: str) -> str:
        wanted = _plain(short_name or "") or _plain(name.rpartition(" ")[2])[:3] or f"C{number}"
        code = wanted
        while code in codes or code.isdigit():
            code = f"{wanted}{number}" if code == wanted else f"{code}X"
        codes.add(code)
        return code

    name = session.driver or player.get("name") or ""
    number = numbers[0]
    cars = [Car(player.get("id", ""), number, code_of(player.get("short_name"), name, number), name, session.car, True)]
    for (car, laps), number in zip(others, numbers[1:]):
        name = car["name"] or ""
        team = session.car if model and car["model"] == model else car["model"] or ""
        cars.append(Car(car["id"], number, code_of(car["short_name"], name, number), name, team, False, laps))
    return cars


def _numbers(known: Iterable[int | None]) -> list[str]:
    """Numbers of cars: unknown and repeated ones become the lowest free ones."""
    wanted = list(known)
    taken = {number for number in wanted if number is not None}
    used: set[int] = set()
    numbers: list[str] = []
    free = 1
    for number in wanted:
        if number is None or number in used:
            while free in taken or free in used:
                free += 1
            number = free
        used.add(number)
        numbers.append(str(number))
    return numbers


def _plain(text: str) -> str:
    """The letters and digits of a text without accents, in upper case."""
    letters = unicodedata.normalize("NFD", text)
    return "".join(letter for letter in letters if letter.isascii() and letter.isalnum()).upper()


def team_colors(cars: Iterable[Car]) -> dict[str, str]:
    """Colours of the teams."""
    teams = list(dict.fromkeys(car.team for car in cars))
    return {team: PALETTE[index % len(PALETTE)] for index, team in enumerate(teams)}


def register(api_path: str, year: str, cars: list[Car]) -> None:
    """Announces teams and drivers to `fastf1.plotting`, if it is imported.

    FastF1 looks up a session by its `api_path`, and would download the drivers otherwise. A version of FastF1 without that table is left alone.
    """
    interface = sys.modules.get("fastf1.plotting._interface")
    mappings = getattr(interface, "_DRIVER_TEAM_MAPPINGS", None)
    if isinstance(mappings, dict) and api_path not in mappings:
        mappings[api_path] = mapping(year, cars)
    _register_year(interface, year)


def _register_year(interface: Any, year: str) -> None:
    """Gives FastF1 the colours of tyres for a year that it does not know yet, from the last year that it knows."""
    constants = getattr(interface, "Constants", None) or getattr(interface, "_Constants", None)
    if not isinstance(constants, dict) or not constants or year in constants:
        return
    try:
        # Without teams, sessions of that year have the teams that FastF1 downloads.
        last: Any = constants[max(constants)]
        is_model = hasattr(last, "model_copy")
        constants[year] = last.model_copy(update={"teams": {}}) if is_model else replace(last, **{"Teams": {}})
    except (AttributeError, TypeError, ValueError):
        return


def mapping(year: str, cars: list[Car]) -> SimpleNamespace:
    """What FastF1 calls a driver-team mapping.

    It has the attributes of FastF1 3.4 and those of later versions. A model with more than four drivers has several teams, so that each driver
    has an own style.
    """
    result = SimpleNamespace(
        year=year, teams=[], drivers_by_normalized={}, drivers_by_abbreviation={}, teams_by_normalized={}
    )
    groups: list[tuple[str, list[Car]]] = []
    for name in dict.fromkeys(car.team for car in cars):
        drivers = [car for car in cars if car.team == name]
        for start in range(0, len(drivers), STYLES):
            groups.append((name if start == 0 else f"{name} ({start // STYLES + 1})".strip(), drivers[start : start + STYLES]))
    colors = team_colors(cars)
    spare = iter(range(len(colors), len(colors) + len(groups)))
    for name, drivers in groups:
        color = colors[name] if name in colors else PALETTE[next(spare) % len(PALETTE)]
        normalized = _normalized(name)
        team = SimpleNamespace(
            name=name,
            value=name,
            short_name=name,
            normalized_name=normalized,
            normalized_value=normalized,
            colors=SimpleNamespace(official=color, fastf1=color),
            constants=SimpleNamespace(ShortName=name, TeamColor=SimpleNamespace(Official=color, FastF1=color)),
            drivers=[],
        )
        result.teams.append(team)
        result.teams_by_normalized[normalized] = team
        for car in drivers:
            _add_driver(result, team, car)
    return result


def _add_driver(result: SimpleNamespace, team: SimpleNamespace, car: Car) -> None:
    name = car.name or car.code
    normalized = _without_accents(name).lower()
    if normalized in result.drivers_by_normalized:
        normalized = f"{normalized} {car.number}"
    driver = _Driver(team, car.code, name, normalized)
    team.drivers.append(driver)
    result.drivers_by_normalized[normalized] = driver
    result.drivers_by_abbreviation[car.code.upper()] = driver


class _Driver:
    """A driver for FastF1, which compares drivers by identity."""

    def __init__(self, team: SimpleNamespace, abbreviation: str, name: str, normalized: str) -> None:
        self.team = team
        self.abbreviation = abbreviation
        self.name = self.value = name
        self.normalized_name = self.normalized_value = normalized


def _normalized(team: str) -> str:
    """The name of a team as FastF1 searches it."""
    name = _without_accents(team).lower()
    for word in ("racing", "team", "f1", "scuderia"):
        name = name.replace(word, "").strip()
    return name


def _without_accents(text: str) -> str:
    return "".join(letter for letter in unicodedata.normalize("NFD", text) if unicodedata.category(letter) != "Mn")
