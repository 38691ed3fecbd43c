"""Which tickets somebody may see, where not everybody sees all: those of some departments."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, or_

from storage import models


@dataclass(frozen=True, slots=True)
class Scope:
    """The tickets of these departments; with `all_but`, those of all others, and of none."""

    departments: frozenset[str]
    all_but: bool = False

    def holds(self, department: str | None) -> bool:
        """Whether tickets of a department are among them."""
        return (department in self.departments) is not self.all_but

    def condition(self) -> ColumnElement[bool]:
        """The same for a statement over tickets."""
        column, keys = models.ticket.c.department, sorted(self.departments)
        return or_(column.is_(None), column.not_in(keys)) if self.all_but else column.in_(keys)
