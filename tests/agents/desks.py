"""Desks with priorities: the shipped form with other promises, as files that `DESK` can name."""

from importlib import resources
from pathlib import Path

_PRIORITY = """
[[priorities]]
key = "{key}"
label = {{ ru = "{ru}", en = "{en}", lv = "{lv}" }}
{targets}
"""


def priority(key: str, ru: str, en: str, lv: str, targets: str) -> str:
    """One priority as TOML."""
    return _PRIORITY.format(key=key, ru=ru, en=en, lv=lv, targets=targets)


# Four working hours, eight, five working days, and one to be agreed; judged within three hours.
SOLVING = (
    "[triage]\nhours = 3\n"
    + priority("first", "Первый", "First", "Pirmā", "solution = { hours = 4 }")
    + priority("second", "Второй", "Second", "Otrā", "solution = { hours = 8 }")
    + priority("third", "Третий", "Third", "Trešā", "solution = { days = 5 }")
    + priority("low", "Низкий", "Low", "Zema", "agreed = true")
)


def desk_file(folder: Path, head: str = "", tables: str = "", *, reaction: str = "") -> str:
    """Write a desk like vendotek whose promises are these; gives back the file's name.

    `head` stands at the top, where keys of no table belong; without `reaction` there is no such promise.
    """
    shipped = (resources.files("desk") / "profiles" / "vendotek.toml").read_text("utf-8")
    before, _, after = shipped.partition("[reaction]\n")
    _, _, after = after.partition("\n\n")
    promise = f"[reaction]\n{reaction}\n" if reaction else ""
    path = folder / "desk.toml"
    path.write_text(f"{head}\n{before}{promise}\n{tables}\n{after}", "utf-8")
    return str(path)
