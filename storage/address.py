"""The address of a desk's database, as it stands in DATABASE_URL."""

from __future__ import annotations

import difflib

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

# What may follow the question mark: of what PostgreSQL's driver knows, that which is said in words.
_PARAMETERS = (
    "command_timeout",
    "database",
    "gsslib",
    "host",
    "krbsrvname",
    "passfile",
    "port",
    "prepared_statement_cache_size",
    "service",
    "servicefile",
    "ssl",
    "target_session_attrs",
    "user",
)


class AddressError(ValueError):
    """No desk can have its store there; the message is one line with the mend, and without any password."""


def read_address(address: str) -> URL:
    """The address, taken apart. Whether there is a database, and one that may be used, is not known by that.

    Raises AddressError if it is none of a file of SQLite or of a database of PostgreSQL.
    """
    try:
        url = make_url(address)
    except (ArgumentError, ValueError):
        # The error would show the password.
        raise AddressError(
            "this is no address of a database; write sqlite+aiosqlite:///FILE or "
            "postgresql+asyncpg://USER@HOST:PORT/NAME"
        ) from None
    if url.drivername == "postgresql+asyncpg":
        _check_parameters(url)
    elif url.drivername != "sqlite+aiosqlite" or url.host or not url.database:
        raise AddressError("write sqlite+aiosqlite:///FILE or postgresql+asyncpg://USER@HOST/NAME")
    elif url.query:
        raise AddressError(f"a file of SQLite takes no parameters; take out ?{'&'.join(url.query)}")
    return url


def _check_parameters(url: URL) -> None:
    for name in url.query:
        if name not in _PARAMETERS:
            close = difflib.get_close_matches(name, _PARAMETERS, n=1)
            mend = f"write {close[0]}" if close else f"take it out, or write one of {', '.join(_PARAMETERS)}"
            raise AddressError(f"PostgreSQL's address has no parameter {name}; {mend}")
    try:
        url.get_dialect()().create_connect_args(url)
    except (ArgumentError, ValueError) as error:
        raise AddressError(f"a parameter has a wrong value ({error}); mend it, or take it out") from None
