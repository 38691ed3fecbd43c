"""What people read, in their language: gettext catalogues, read by Babel when first needed."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from gettext import GNUTranslations
from importlib import resources
from io import BytesIO
from typing import Literal, get_args
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.units import format_unit
from markupsafe import Markup

Language = Literal["ru", "en", "lv"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
FALLBACK: Language = "en"


def mark(message: str) -> str:
    """Mark a message for extraction where it is only named, to be translated later."""
    return message


# Babel knows the names of time zones, but not that people say "Moscow time" all year round.
_ZONES = {"Europe/Moscow": mark("Moscow time"), "Europe/Riga": mark("Riga time")}


class Translator:
    """Everything that depends on the language of a reader.

    Messages are `str.format` templates in Telegram's HTML. `text` and `plural` escape what is filled
    in, so that a name like `<b>Eve</b>` shows as typed; `plain` is for buttons and toasts, where
    Telegram takes no markup.
    """

    def __init__(self, language: Language) -> None:
        self.language = language
        self._catalogue = _catalogue(language)

    def text(self, message: str, /, **values: object) -> Markup:
        """A message as HTML."""
        return Markup(self._catalogue.gettext(message)).format(**values)

    def plain(self, message: str, /, **values: object) -> str:
        """A message without markup."""
        translated = self._catalogue.gettext(message)
        return translated.format(**values) if values else translated

    def plural(self, one: str, many: str, n: int, /, **values: object) -> Markup:
        """A message that counts something, as HTML; the number is `{n}` in it."""
        return Markup(self._catalogue.ngettext(one, many, n)).format(n=n, **values)

    def plural_plain(self, one: str, many: str, n: int, /, **values: object) -> str:
        """A message that counts something, without markup."""
        return self._catalogue.ngettext(one, many, n).format(n=n, **values)

    def moment(self, at: datetime, zone: ZoneInfo) -> str:
        """A day and time a person can plan with: Monday, 23 November, 14:00."""
        pattern = {"lv": "EEEE, d. MMMM, HH:mm"}.get(self.language, "EEEE, d MMMM, HH:mm")
        return format_datetime(at, pattern, tzinfo=zone, locale=self.language)

    def timestamp(self, at: datetime, zone: ZoneInfo) -> str:
        """A day and time in a list: 23.11.2026 14:00."""
        return format_datetime(at, "dd.MM.yyyy HH:mm", tzinfo=zone, locale=self.language)

    def duration(self, length: timedelta) -> str:
        """A length of time in hours and minutes, rounded down: 3 hr 20 min."""
        hours, minutes = divmod(length // timedelta(minutes=1), 60)
        parts = [(hours, "duration-hour"), (minutes, "duration-minute")]
        shown = [part for part in parts if part[0]] or parts[1:]
        return " ".join(format_unit(n, unit, length="short", locale=self.language) for n, unit in shown)

    def zone(self, zone: ZoneInfo, at: datetime) -> str:
        """What a time zone is called: "Moscow time", or its distance from UTC at that moment."""
        name = _ZONES.get(zone.key)
        return self.plain(name) if name else format_datetime(at, "'UTC'xxx", tzinfo=zone, locale="en")


@cache
def translator(language: str | None) -> Translator:
    """The translator of a language; of one we do not speak, the fallback's."""
    return Translator(language if language in LANGUAGES else FALLBACK)


@cache
def every(message: str) -> frozenset[str]:
    """A label in all languages, for recognising it whatever the language was when it was shown."""
    return frozenset(translator(language).plain(message) for language in LANGUAGES)


def guess(language_code: str | None) -> str:
    """The language nearest to the one Telegram says a person uses."""
    code = (language_code or "").split("-")[0].lower()
    if code in LANGUAGES:
        return code
    # Neighbours whose speakers mostly read Russian; everybody else is likelier to read English.
    return "ru" if code in {"be", "kk", "ky", "uk", "uz", "tg", "hy", "az"} else FALLBACK


@cache
def _catalogue(language: Language) -> GNUTranslations:
    file = resources.files(__name__) / language / "LC_MESSAGES" / "talon.po"
    compiled = BytesIO()
    with file.open("rb") as source:
        write_mo(compiled, read_po(source, locale=language))
    compiled.seek(0)
    return GNUTranslations(compiled)
