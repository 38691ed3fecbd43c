"""Finding frequent questions by what somebody typed, typing errors and word endings forgiven."""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache

from rapidfuzz import fuzz

from desk.faq import FaqEntry
from desk.texts import LANGUAGES

MOST_FOUND = 5

_WORD = re.compile(r"\w+")
# Shorter words are prepositions and the like, in all three languages.
_SHORTEST = 3
# Who types more than that tells a story, whose first words will do.
_MOST_WORDS = 15
# Of 100, as rapidfuzz counts: one wrong letter in four, or two in eight.
_SIMILAR = 75.0
# Words with a common beginning of this length are forms of one word; these languages inflect at the end.
_STEM = 4
_IN_QUESTION = 1.0
_IN_ANSWER = 0.5
# What an entry must reach of the best one's score, and the best of what a full match would be.
_NEAR_BEST = 0.45
_LEAST = 0.25


class FaqSearch:
    """The frequent questions of a desk, searchable in every language at once.

    Whoever chose English may still type Russian, and Latvian is often typed without its marks.
    """

    def __init__(self, entries: Sequence[FaqEntry]) -> None:
        self._entries = [(entry, _weighted_words(entry)) for entry in entries]
        self._spread = Counter(word for _, words in self._entries for word in words)

    def find(self, query: str) -> tuple[FaqEntry, ...]:
        """The entries that fit, the best first; at most five, none if nothing resembles what was typed."""
        asked = list(dict.fromkeys(_words(query)))[:_MOST_WORDS]
        if not asked:
            return ()
        likeness = [
            {known: alike for known in self._spread if (alike := _alike(word, known))} for word in asked
        ]
        weights = [self._weight(alike) for alike in likeness]
        scored = [
            (
                sum(
                    weight
                    * max((words[known] * alike[known] for known in words.keys() & alike.keys()), default=0.0)
                    for weight, alike in zip(weights, likeness, strict=True)
                )
                / sum(weights),
                -place,
                entry,
            )
            for place, (entry, words) in enumerate(self._entries)
        ]
        best = max((score for score, _, _ in scored), default=0.0)
        if best < _LEAST:
            return ()
        found = sorted((each for each in scored if each[0] >= best * _NEAR_BEST), key=lambda each: each[:2])
        return tuple(entry for _, _, entry in reversed(found))[:MOST_FOUND]

    def _weight(self, likeness: Iterable[str]) -> float:
        """How much a word tells: one that stands in every entry tells next to nothing."""
        spread = max((self._spread[known] for known in likeness), default=1)
        return math.log((len(self._entries) + 1) / spread)


def _weighted_words(entry: FaqEntry) -> dict[str, float]:
    weights: dict[str, float] = {}
    for text, weight in (
        (entry.answer, _IN_ANSWER),
        (entry.words, _IN_QUESTION),
        (entry.question, _IN_QUESTION),
    ):
        if text is None:
            continue
        for language in LANGUAGES:
            weights |= dict.fromkeys(_words(text.in_language(language)), weight)
    return weights


def _words(text: str) -> Iterable[str]:
    plain = "".join(
        letter
        for letter in unicodedata.normalize("NFKD", text.casefold())
        if not unicodedata.combining(letter)
    )
    return (word for word in _WORD.findall(plain) if len(word) >= _SHORTEST)


@lru_cache(maxsize=100_000)
def _alike(one: str, other: str) -> float:
    """How alike two words are, 0 or from 0.75 to 1."""
    shorter, longer = sorted((one, other), key=len)
    common = next((i for i, letter in enumerate(shorter) if letter != longer[i]), len(shorter))
    if common >= _STEM and common >= 0.6 * len(longer):
        return 1.0 if common == len(longer) else 0.9
    ratio = fuzz.ratio(one, other, score_cutoff=_SIMILAR)
    return ratio / 100
