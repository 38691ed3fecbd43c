"""Statements of the hot path: compiled once, and on SQLite run without the machinery around a statement."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Delete, Dialect, Insert, Select
from sqlalchemy.sql.compiler import SQLCompiler

_Convert = Callable[[Any], Any]


class Prepared:
    """A statement that is built once and run for every message; give it to a transaction like any other.

    A statement on a local file takes microseconds, and what SQLAlchemy sets up around each takes several
    times that. So on SQLite the SQL, and how values are converted, is looked up once and kept. PostgreSQL
    runs the statement as any other. Lists in parameters and defaults made in Python are not for this.
    """

    def __init__(self, statement: Select[Any] | Insert | Delete) -> None:
        self.statement = statement
        self._plans: dict[tuple[str, ...], _Plan] = {}

    def run(self, connection: Connection, parameters: Mapping[str, Any]) -> list[Any]:
        """Run it on SQLite; rows have their columns as attributes.

        Raises errors of sqlite3, not of SQLAlchemy.
        """
        names = tuple(parameters)
        plan = self._plans.get(names)
        if plan is None:
            plan = self._plans[names] = self._plan(connection.dialect, names)
        driver: Any = connection.connection.driver_connection
        cursor = driver.execute(plan.sql, plan.bound(parameters))
        try:
            return [plan.row(row) for row in cursor] if plan.row is not None else []
        finally:
            cursor.close()

    def _plan(self, dialect: Dialect, names: tuple[str, ...]) -> _Plan:
        keys = list(names) if isinstance(self.statement, Insert) else None
        compiled = self.statement.compile(dialect=dialect, column_keys=keys)
        assert isinstance(compiled, SQLCompiler)
        assert compiled.positiontup is not None
        assert not compiled.post_compile_params, "a list has no fixed number of values"
        assert not compiled.insert_prefetch, "a default that Python makes has to be given"
        binds = []
        for name in compiled.positiontup:
            bind = compiled.binds[name]
            kind = bind.type.dialect_impl(dialect)
            given = name in names
            binds.append(_Bind(name, given, None if given else bind.value, kind.bind_processor(dialect)))
        columns = list(self.statement.exported_columns)
        return _Plan(compiled.string, tuple(binds), _row_maker(dialect, columns) if columns else None)


@dataclass(frozen=True, slots=True)
class _Bind:
    """Where a value of the statement comes from, and what becomes of it."""

    name: str
    given: bool
    constant: Any
    convert: _Convert | None


@dataclass(frozen=True, slots=True)
class _Plan:
    """How a statement is run."""

    sql: str
    binds: tuple[_Bind, ...]
    row: Callable[[tuple[Any, ...]], Any] | None

    def bound(self, parameters: Mapping[str, Any]) -> list[Any]:
        """The values in the order of their places."""
        values = []
        for bind in self.binds:
            value = parameters[bind.name] if bind.given else bind.constant
            values.append(value if bind.convert is None else bind.convert(value))
        return values


def _row_maker(dialect: Dialect, columns: list[Any]) -> Callable[[tuple[Any, ...]], Any]:
    made: Any = namedtuple("Row", [column.key for column in columns])  # type: ignore[misc]
    converts: list[tuple[int, _Convert]] = []
    for place, column in enumerate(columns):
        convert = column.type.dialect_impl(dialect).result_processor(dialect, None)
        if convert is not None:
            converts.append((place, convert))

    def make(row: tuple[Any, ...]) -> Any:
        values = list(row)
        for place, convert in converts:
            values[place] = convert(values[place])
        return made._make(values)

    return make
