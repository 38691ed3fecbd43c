"""For developers, after any change of a message: `python -m locales` brings the catalogues up to date.

New messages come in empty, those that no code uses go, translations are never guessed. Exits with
status 1 while something lacks a translation.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po

from locales import LANGUAGES, Language

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("bot", "dialogs", "locales")
# How many of the first arguments are messages: a form for one and a form for many where something is counted.
KEYWORDS = {"text": 1, "plain": 1, "mark": 1, "plural": 2, "plural_plain": 2}

# Babel's own rule for Latvian takes 10 and 11 for ordinary plurals; 10 attachments are "10 pielikumu".
_LATVIAN_PLURALS = (
    "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10==0 || (n%100>=11 && n%100<=19) ? 2 : 1);"
)

Id = str | tuple[str, ...]

# Nothing in it changes from run to run or names a person.
_HEADER = """\
msgid ""
msgstr ""
"Language: {language}\\n"
"Plural-Forms: {plural_forms}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""


class NotExtractable(Exception):
    """A message that is put together at run time, so that no catalogue can know it."""


def catalogue_path(language: Language) -> Path:
    """Where a catalogue lies."""
    return ROOT / "locales" / language / "LC_MESSAGES" / "talon.po"


def read(language: Language) -> Catalog:
    """A catalogue as it stands, fuzzy entries and obsolete ones included."""
    with catalogue_path(language).open("rb") as file:
        return read_po(file, locale=language)


def messages_in(source: str) -> Iterator[tuple[int, Id]]:
    """The lines and messages of a module, in order.

    Babel's own extraction for Python is not used because it misses a call inside the arguments of a
    call inside another's.
    """
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    for call in sorted(calls, key=lambda call: (call.lineno, call.col_offset)):
        match call.func:
            case ast.Name(id=name) | ast.Attribute(attr=name):
                forms = call.args[: KEYWORDS.get(name, 0)]
            case _:
                continue
        if any(isinstance(form, ast.JoinedStr) for form in forms):
            raise NotExtractable(f"line {call.lineno}: {ast.unparse(call)}")
        texts = tuple(
            form.value for form in forms if isinstance(form, ast.Constant) and isinstance(form.value, str)
        )
        if texts and len(texts) == KEYWORDS[name]:
            yield call.lineno, texts[0] if len(texts) == 1 else texts


def extract() -> dict[Id, list[tuple[str, int]]]:
    """The messages of the sources in their order, each with the places that use it."""
    found: dict[Id, list[tuple[str, int]]] = {}
    for package in PACKAGES:
        for file in sorted((ROOT / package).rglob("*.py")):
            name = file.relative_to(ROOT).as_posix()
            try:
                for line, message in messages_in(file.read_text("utf-8")):
                    found.setdefault(message, []).append((name, line))
            except NotExtractable as fault:
                raise NotExtractable(f"{name}, {fault}") from None
    return found


def updated(language: Language, old: Catalog, found: dict[Id, list[tuple[str, int]]]) -> Catalog:
    """A catalogue of what was found, with the translations that the old one has for exactly that."""
    new = Catalog(locale=language)
    if language == "lv":
        new.mime_headers = [("Plural-Forms", _LATVIAN_PLURALS)]
    for message, places in found.items():
        entry = new.add(message, locations=places)
        known = old.get(message)
        if language == "en":
            entry.string = message
        elif known is not None and known.id == message:
            entry.string = known.string
            entry.user_comments = known.user_comments
            entry.flags |= known.flags & {"fuzzy"}
    return new


def lacks_translation(entry: Message) -> bool:
    """Whether readers would see English instead, in some form at least."""
    forms = entry.string if isinstance(entry.string, tuple | list) else (entry.string,)
    return not forms or not all(forms) or entry.fuzzy


def written(catalogue: Catalog) -> bytes:
    """The file of a catalogue: the same for the same messages, wherever in a file they moved."""
    body = BytesIO()
    write_po(body, catalogue, width=0, omit_header=True, ignore_obsolete=True, include_lineno=False)
    header = _HEADER.format(language=catalogue.locale, plural_forms=catalogue.plural_forms)
    return header.encode() + body.getvalue().rstrip(b"\n") + b"\n"


def main() -> int:
    """Update the catalogues; gives back the exit status."""
    if not (ROOT / "pyproject.toml").exists():
        sys.stderr.write("python -m locales works in a source tree only, and this is an installed package\n")
        return 2
    try:
        found = extract()
    except NotExtractable as fault:
        sys.stderr.write(f"A message cannot be an f-string. {fault}\n")
        return 2
    complete = True
    for language in LANGUAGES:
        path = catalogue_path(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        old = read(language) if path.exists() else Catalog(locale=language)
        new = updated(language, old, found)
        path.write_bytes(written(new))
        for entry in new:
            if entry.id and lacks_translation(entry):
                complete = False
                places = ", ".join(f"{file}:{line}" for file, line in entry.locations)
                sys.stdout.write(f"{language}  {entry.id!r}  {places}\n")
    if complete:
        sys.stdout.write(f"{len(found)} messages, all translated\n")
    return 0 if complete else 1


if __name__ == "__main__":
    sys.exit(main())
