"""Telephone numbers, e-mail addresses, links and names as people type them."""

import ipaddress
import re
from enum import StrEnum
from urllib.parse import urlsplit

import phonenumbers
from email_validator import EmailNotValidError, validate_email

NAME_LIMIT = 128
LINK_LIMIT = 2048
# Longer than any telephone number with everything people write around it.
_PHONE_TEXT_LIMIT = 250

_EXTENSION = ";ext="
_AROUND = " \t\n<>()[]{}\"'«»„“”.,;:"
_LABEL = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
_HOST = re.compile(rf"(?:{_LABEL}\.)+[^\W\d_](?:[\w-]{{0,61}}[^\W_])")


class ContactProblem(StrEnum):
    """Why a text is no telephone number, address, link or name."""

    NO_PHONE = "no_phone"
    NO_COUNTRY = "no_country"
    WRONG_PHONE = "wrong_phone"
    SEVERAL = "several"
    NO_EMAIL = "no_email"
    NO_LINK = "no_link"
    NO_NAME = "no_name"
    NOT_IN_FULL = "not_in_full"


class ContactError(ValueError):
    """A text that is not what was asked for, and why."""

    def __init__(self, problem: ContactProblem) -> None:
        super().__init__(problem.value)
        self.problem = problem


def is_region(region: str) -> bool:
    """Whether this names a country with telephone numbers, such as "RU"."""
    return region in phonenumbers.SUPPORTED_REGIONS


def read_phone(text: str, region: str | None) -> str:
    """The telephone number in *text* as E.164 has it, `+37120110545`, with `;ext=12` for an extension.

    A number without a country code is one of *region*. Raises ContactError.
    """
    if len(text) > _PHONE_TEXT_LIMIT or not any(character.isdecimal() for character in text):
        raise ContactError(ContactProblem.NO_PHONE)
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException as error:
        if error.error_type == phonenumbers.NumberParseException.INVALID_COUNTRY_CODE and not region:
            raise ContactError(ContactProblem.NO_COUNTRY) from None
        number = None
    if number is None or not phonenumbers.is_valid_number(number):
        number = _only_phone_in(
            text, region, ContactProblem.NO_PHONE if number is None else ContactProblem.WRONG_PHONE
        )
    written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return f"{written}{_EXTENSION}{number.extension}" if number.extension else written


def _only_phone_in(text: str, region: str | None, otherwise: ContactProblem) -> phonenumbers.PhoneNumber:
    """The number in the middle of a sentence, if there is just one."""
    found = list(phonenumbers.PhoneNumberMatcher(text, region or "ZZ"))
    if len(found) != 1:
        raise ContactError(ContactProblem.SEVERAL if found else otherwise)
    return found[0].number


def shared_phone(number: str) -> str:
    """The number of a contact that was shared; Telegram leaves the plus sign out. Raises ContactError."""
    return read_phone(number if number.startswith("+") else f"+{number}", None)


def shown_phone(value: str) -> str:
    """A kept number as people write it: `+371 20 110 545`."""
    try:
        number = phonenumbers.parse(value, None)
    except phonenumbers.NumberParseException:
        return value
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def read_email(text: str) -> str:
    """The one e-mail address in *text*; whether the domain exists is not asked. Raises ContactError."""
    words = [word.strip(_AROUND).removeprefix("mailto:") for word in text.split() if "@" in word]
    if len(set(words)) > 1:
        raise ContactError(ContactProblem.SEVERAL)
    try:
        return validate_email(words[0] if words else "", check_deliverability=False).normalized
    except EmailNotValidError:
        raise ContactError(ContactProblem.NO_EMAIL) from None


def read_link(text: str) -> str:
    """The one link of the web in *text*; one without a scheme becomes https. Raises ContactError."""
    words = text.split()
    if len(words) > 1:
        words = [word for word in words if word.lower().startswith(("http://", "https://"))]
    if len(words) > 1:
        raise ContactError(ContactProblem.SEVERAL)
    link = words[0].strip("\"'«»„“”.,;") if words else ""
    if link.startswith("<"):
        link = link.strip("<>")
    if "://" not in link:
        link = f"https://{link}"
    try:
        parts = urlsplit(link)
        good = parts.scheme in ("http", "https") and parts.port != 0 and _is_host(parts.hostname or "")
    except ValueError:
        good = False
    if not good or len(link) > LINK_LIMIT:
        raise ContactError(ContactProblem.NO_LINK)
    return link


def _is_host(name: str) -> bool:
    if len(name) > 253:
        return False
    if _HOST.fullmatch(name):
        return True
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def read_name(text: str, words: int) -> str:
    """A person's name, of so many *words* at least, with single spaces. Raises ContactError."""
    parts = text.split()
    name = " ".join(parts)
    if len(name) > NAME_LIMIT or any(character.isdecimal() or character in "@/" for character in name):
        raise ContactError(ContactProblem.NO_NAME)
    spelt = [part for part in parts if any(character.isalpha() for character in part)]
    if not spelt:
        raise ContactError(ContactProblem.NO_NAME)
    if len(spelt) < words:
        raise ContactError(ContactProblem.NOT_IN_FULL)
    return name
