"""The hours of a desk as its profile writes them: local wall time, nothing computed yet."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from typing import Annotated

import holidays
from pydantic import BeforeValidator, Field, model_validator

from desk.faults import fault
from desk.schema import Flag, Model

_WINDOW = re.compile(r"(\d{1,2}):(\d{2})\s*[-–]\s*(\d{1,2}):(\d{2})")
_WINDOW_MEND = 'write "9:00-18:00", or ["9:00-13:00", "14:00-18:00"] around a lunch break'
DAY_MINUTES = 24 * 60


@dataclass(frozen=True, slots=True)
class Window:
    """One stretch of opening within a local day, in minutes after local midnight, `start` < `end` <= 1440."""

    start: int
    end: int


def _parse_windows(value: object) -> tuple[Window, ...]:
    """`"9:00-18:00"` or a list of such; an empty list is a closed day."""
    entries = [value] if isinstance(value, str) else value
    if not isinstance(entries, list | tuple):
        raise fault("is not a time of day", _WINDOW_MEND)
    windows = [entry if isinstance(entry, Window) else _parse_window(entry) for entry in entries]
    for earlier, later in pairwise(windows):
        if later.start < earlier.end:
            raise fault("has windows that overlap or are out of order", "list them in order, apart")
    return tuple(windows)


def _parse_window(entry: object) -> Window:
    found = _WINDOW.fullmatch(entry.strip()) if isinstance(entry, str) else None
    if found is None:
        raise fault("is not a time of day", _WINDOW_MEND)
    start_hour, start_minute, end_hour, end_minute = map(int, found.groups())
    start, end = start_hour * 60 + start_minute, end_hour * 60 + end_minute
    if start_minute > 59 or end_minute > 59 or end > DAY_MINUTES:
        raise fault("is beyond the day", "write times from 0:00 to 24:00")
    if start >= end:
        raise fault(
            "ends before it starts", "write the earlier time first; split a night at 24:00 into two days"
        )
    return Window(start, end)


def _parse_date(value: object) -> object:
    # Pydantic reads a number as seconds since 1970 and a date-time at midnight as a date: neither is meant.
    if isinstance(value, datetime) or not isinstance(value, date | str):
        raise fault("is not a date", "write year-month-day, such as 2026-12-24")
    return value


def _has_holidays(country: str) -> bool:
    try:
        holidays.country_holidays(country)
    except NotImplementedError:
        return False
    return True


Windows = Annotated[tuple[Window, ...], BeforeValidator(_parse_windows)]
LocalDate = Annotated[date, BeforeValidator(_parse_date)]


class Hours(Model):
    """When the desk works, in the desk's zone. A day that is not named is closed.

    What decides about a date, first match wins: `open` (its own windows), `closed`, a public holiday of the
    country `holidays` (ISO code; data of the package `holidays`, moved days off included), the weekday. With
    `work_on_moved_days` a weekend day that a decree made a working day has Friday's windows;
    `moved_days_off = false` leaves a working day that a decree made a day off as it is in any week, as where
    the decree binds state bodies only.
    """

    mon: Windows = ()
    tue: Windows = ()
    wed: Windows = ()
    thu: Windows = ()
    fri: Windows = ()
    sat: Windows = ()
    sun: Windows = ()
    holidays: str | None = None
    work_on_moved_days: Flag = False
    moved_days_off: Flag = True
    closed: frozenset[LocalDate] = frozenset()
    open: Mapping[LocalDate, Windows] = Field(default_factory=dict)

    @property
    def week(self) -> tuple[tuple[Window, ...], ...]:
        """The windows from Monday to Sunday."""
        return (self.mon, self.tue, self.wed, self.thu, self.fri, self.sat, self.sun)

    @model_validator(mode="after")
    def _dates_agree(self) -> "Hours":
        if self.holidays is not None and not _has_holidays(self.holidays):
            raise fault(
                "is no country with known holidays",
                'write its two capital letters, such as "RU" or "LV", or leave the key out',
                "holidays",
                self.holidays,
            )
        both = sorted(self.closed & self.open.keys())
        if both:
            raise fault("is closed and open", "keep the date in one of the two", "closed", both[0])
        return self
