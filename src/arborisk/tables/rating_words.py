"""Words of the rating scales as people write them, and Imminent wherever it stands."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Final, Generic, NoReturn, TypeVar

from arborisk.errors import Remedy, option
from arborisk.scales import FailureLikelihood, Scale
from arborisk.tables.crosswalks import code_of
from arborisk.tables.numbers import shown
from arborisk.tables.table import Cell, Table, clean, fold, is_missing, is_no_rating, words_of

L = TypeVar("L", bound=Scale)

_REMARK = re.compile(r"\s*[(\[][^)\]]*[)\]]\s*$")
_NUMBERED = re.compile(r"^\(?\d{1,2}\s*(?:[-:.)=]\s*)+(?=[^\W\d])|^\d{1,2}\s+(?=[^\W\d])")
_BETWEEN = re.compile(
    r"\s+(?:to|bis|tot|hasta|until|through)\s+|\s*\.\.+\s*|\s*-+>?\s*|\s+(?:à|a)\s+"
)
_BACKWARD_REFUSED = re.compile(r"\s(?:to|bis|tot|hasta|until|through)\s|\.\.")
_EITHER = re.compile(r"\s*[|/,;&]\s*|\s+(?:or|and|oder|und|ou|et|o|y)\s+")
_HEDGES: Final = ("maybe", "perhaps", "probably", "about", "approx", "ca", "est", "vielleicht")
_CURLED = "\N{RIGHT SINGLE QUOTATION MARK}"
_EDGES = " \t.,;:!?*'\"`~_="
_NEARLY: Final = 0.75
"""Share of letters in common (difflib's ratio) from which a word is offered as the one meant."""
_LONGEST: Final = 200
AMBIGUOUS: Final = Remedy(
    "Write the word out, or say what it means in a map file or with {}.",
    option("--map WORD=LABEL", "import", "agree"),
)


@dataclass(frozen=True, slots=True)
class WordReading(Generic[L]):
    """What a cell of ratings says.

    Attributes:
        levels: Ascending: one, several for a range or an "or", none where missing.
        hedged: Whether the writer doubted it: ``poss?``, ``maybe Possible``.
        missing: Whether the cell says that there is no rating.
        written: The cell as it stands.
        mapped: Whether it is written in another way than the scale's own word.
    """

    levels: tuple[L, ...]
    hedged: bool
    missing: bool
    written: str
    mapped: bool = False


class RatingWordError(ValueError):
    """A cell that is no word of its scale.

    Args:
        scale: The scale.
        found: What was found, for a message.
        remedy: What to do, "" for correcting the word.
        is_number: Whether it is a bare number without a table of codes.
    """

    def __init__(
        self, scale: type[Scale], found: str, remedy: str = "", *, is_number: bool = False
    ) -> None:
        self.is_number = is_number
        self.expected = ", ".join(level.word for level in scale)
        self.found = found
        self.remedy = remedy or "Correct the word, or leave it out if nobody knows it."
        super().__init__(f"{found}, where one of {self.expected} belongs")


def read_word(
    scale: type[L], cell: Cell, *, codes: Mapping[str, str] | None = None
) -> WordReading[L]:
    """What a cell says on a scale.

    Args:
        scale: For example `FailureLikelihood`.
        cell: ``Imp.``, ``poss?``, ``3 - Probable``, ``Possible-Probable``, ``Low to High``,
            ``Wahrscheinlich``, ``n/a``.
        codes: Code to word, ``{"1": "Rare"}``. Without it a bare number is refused: some lists
            begin with the highest.

    Raises:
        RatingWordError: An unknown word, a short form that could mean two, or a bare number.

    >>> [level.word for level in read_word(FailureLikelihood, "Possible-Probable").levels]
    ['Possible', 'Probable']
    """
    if isinstance(cell, bool):
        cell = "yes" if cell else "no"
    meaning = code_of(cell, codes) if codes else None
    text = cell if meaning is None and isinstance(cell, str) else meaning
    written = cell if isinstance(cell, str) else "" if cell is None else shown(cell)
    if text is None and not is_missing(cell):
        _refuse_number(scale, written, codes)
    if text is None or is_no_rating(text):
        return WordReading((), False, True, written)
    if len(text) > _LONGEST:
        raise RatingWordError(scale, shown(text))
    plain, hedged = _unhedged(text)
    if not plain or is_no_rating(plain):
        return WordReading((), False, True, written)
    levels = _levels(scale, plain, text, codes)
    own = len(levels) == 1 and fold(text) == fold(levels[0].word)
    return WordReading(levels, hedged, False, written, not own)


def tidy(word: str) -> str:
    """A word without the marks around it and a remark in brackets behind it, folded.

    >>> tidy("PROBABLE? (dead top)")
    'probable'
    """
    return fold(_REMARK.sub("", clean(word))).replace(_CURLED, "'").strip(_EDGES)


def is_no_answer(word: str) -> bool:
    """Whether a filled cell says that there is no rating."""
    if not fold(word):
        return False
    return is_no_rating(word) or not tidy(word) or is_no_rating(tidy(word))


def isa_word(word: str) -> str | None:
    """The word for the likelihood of failure that a cell means, if it means just one.

    >>> isa_word("prob."), isa_word("Possible-Probable"), isa_word("po")
    ('Probable', None, None)
    """
    try:
        reading = read_word(FailureLikelihood, word)
    except RatingWordError:
        return None
    return reading.levels[0].word if len(reading.levels) == 1 else None


def says_imminent(cell: Cell) -> bool:
    """Whether a likelihood of failure may be Imminent; of what is no word, whether it names it.

    >>> says_imminent("imm."), says_imminent("Probable-Imminent"), says_imminent("Imminent!! call")
    (True, True, True)
    >>> says_imminent("Probable"), says_imminent(None)
    (False, False)
    """
    try:
        return FailureLikelihood.IMMINENT in read_word(FailureLikelihood, cell).levels
    except RatingWordError:
        return fold(FailureLikelihood.IMMINENT.word) in words_of(str(cell))


def _unhedged(text: str) -> tuple[str, bool]:
    """A folded text without marks, remarks, a number before it and hedges."""
    hedged = "?" in text or "~" in text
    plain = _NUMBERED.sub("", tidy(text)).replace("?", "").replace("~", " ").strip(_EDGES)
    plain = plain.replace("_", " ").replace("\N{EN DASH}", "-").replace("\N{EM DASH}", "-")
    words = plain.split()
    for hedge in (0, -1):
        if len(words) > 1 and words[hedge].strip(_EDGES) in _HEDGES:
            del words[hedge]
            hedged = True
    return " ".join(words), hedged


def _levels(
    scale: type[L], plain: str, text: str, codes: Mapping[str, str] | None
) -> tuple[L, ...]:
    level = _level(scale, plain)
    if level is not None:
        return (level,)
    ends = _BETWEEN.split(plain)
    if len(ends) == 2 and all(ends):
        low, high = (_known(scale, end, text, codes) for end in ends)
        if low > high and _BACKWARD_REFUSED.search(plain):
            raise RatingWordError(scale, f"{text!r}, whose ends are the wrong way round")
        return tuple(one for one in scale if min(low, high) <= one <= max(low, high))
    parts = _EITHER.split(plain)
    if len(parts) > 1:
        return tuple(sorted({_known(scale, part, text, codes) for part in parts}))
    return (_known(scale, plain, text, codes),)


def _known(scale: type[L], part: str, text: str, codes: Mapping[str, str] | None) -> L:
    level = _level(scale, _NUMBERED.sub("", part))
    if level is not None:
        return level
    part = part.strip(_EDGES)
    if part.replace(".", "", 1).isdigit():
        _refuse_number(scale, text, codes)
    known, ambiguous = _vocabulary(scale)
    if part in ambiguous or (part and any(word.startswith(part) for word in known)):
        near = sorted({level for word, level in known.items() if word.startswith(part[:1])})
        listed = " or ".join(level.word for level in near) if len(near) > 1 else "several words"
        raise RatingWordError(
            scale,
            f"{shown(text)}, which could be {listed}",
            AMBIGUOUS,
        )
    close = get_close_matches(part, known, n=1, cutoff=_NEARLY) if part == fold(text) else []
    question = f"Did you mean {known[close[0]].word!r}? " if close else ""
    raise RatingWordError(
        scale,
        shown(text),
        f"{question}Correct the word, or leave it out if nobody knows it." if question else "",
    )


def _level(scale: type[L], part: str) -> L | None:
    """The level of one word, by itself, by a form of it or by its beginning."""
    known, ambiguous = _vocabulary(scale)
    key = " ".join(part.replace("-", " ").strip(_EDGES).split())
    if key in ambiguous:
        return None
    if len(key) < 3 or key in known:
        exact: L | None = known.get(key)
        return exact
    found: set[L] = {level for word, level in known.items() if word.startswith(key)}
    return found.pop() if len(found) == 1 else None


def _refuse_number(scale: type[Scale], written: str, codes: Mapping[str, str] | None) -> NoReturn:
    if codes:
        raise RatingWordError(scale, f"{shown(written)}, which is not in the table of codes")
    words = [level.word for level in scale]
    pairs = ", ".join(f'"{number}" = "{word}"' for number, word in enumerate(words, start=1))
    raise RatingWordError(
        scale,
        f"{shown(written)}, a number, and no table says what it stands for",
        f"State the table of codes in the map file, for example {{{pairs}}}, or write the words.",
        is_number=True,
    )


@cache
def _content() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


@cache
def _vocabulary(scale: type[L]) -> tuple[dict[str, L], frozenset[str]]:
    """Folded words with their levels, and the short forms that could be two."""
    forms = dict(_content().get(scale.__name__, {}))
    ambiguous = frozenset(forms.pop("ambiguous", ()))
    known = {fold(level.word): level for level in scale}
    for name, words in forms.items():
        known |= {fold(word): scale[name.upper()] for word in words}
    return known, ambiguous


_STEMS: Final = ("imm", "inminent", "iminent", "bevorsteh")
"""What every such cell holds."""
_WORD = re.compile(
    r"\b(?:imminent(?:e|es|i|ly)?|inminentes?|iminentes?|unmittelbar bevorstehend\w*)\b"
)
_WHOLE = re.compile(r"\W*imm\W*\Z")
_NEGATED = re.compile(
    r"\b(?:no|not|non|nil|never|without|nicht|keine?[rnms]?|pas|sans|sin|sem|senza|niet|geen)"
    r"(?:[\s-]+(?:an?|the|any|of|or|signs?|risk|risks|danger|evidence|indications?|deemed|"
    r"considered|currently|yet|d|de|immediate))*[\s-]+\Z"
)
OURS: Final = ("arborisk_", "storm_", "strike_")
"""Beginnings of headers that this product writes."""
_WORTH_READING: Final = 1 << 16
"""Characters of a cell that are looked through; more is no note."""


def mentions_imminent(cell: Cell) -> bool:
    """Whether a cell says Imminent, in whatever words surround it, and does not deny it.

    >>> mentions_imminent("IMMINENT failure of limb"), mentions_imminent("imm.")
    (True, True)
    >>> mentions_imminent("no sign of imminent failure"), mentions_imminent("eminent oak")
    (False, False)
    """
    if not isinstance(cell, str):
        return isinstance(cell, (list, tuple, dict)) and mentions_imminent(str(cell))
    text = cell[:_WORTH_READING].casefold()
    if "mm" not in text and "min" not in text and "bevorsteh" not in text:
        return False
    if _WHOLE.match(text):
        return True
    return any(not _NEGATED.search(text[: one.start()]) for one in _WORD.finditer(text))


def rows_that_mention(table: Table, passed_over: Collection[int] = ()) -> set[int]:
    """Index of each row among whose cells one says Imminent; of rows that cannot be used too.

    Args:
        table: The table.
        passed_over: Places of columns that are read otherwise. Columns that this product wrote are
            passed over always: they name all words of the scale where they ask for one.
    """
    found = set(table.urgent)
    for place, header in enumerate(table.headers):
        if place in passed_over or header.startswith(OURS):
            continue
        cells = [row[place] for row in table.rows]
        try:
            said = _said(set(cells))
        except TypeError:  # nested values, which no set takes
            found.update(row for row, cell in enumerate(cells) if mentions_imminent(cell))
            continue
        if said:
            found.update(row for row, cell in enumerate(cells) if cell in said)
    return found


def _said(cells: Iterable[Cell]) -> frozenset[str]:
    """Texts that say it: one search through all of them before one a text."""
    texts = [cell for cell in cells if isinstance(cell, str)]
    together = "\n".join(texts).casefold()
    if not any(stem in together for stem in _STEMS):
        return frozenset()
    return frozenset(filter(mentions_imminent, texts))
