"""Texts from outside (names of classes, files and runs) made harmless: for screens, terminals and spreadsheets."""

import csv
import io
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

JOINERS = "\u200c\u200d"  # format characters that scripts and emoji are written with
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a cell that begins so is computed (OWASP, CSV injection)
UNKNOWN = "\ufffd"
_MOST_READ = 4  # characters looked at for each that may stay: marks that combine take no room


def clean(text: str, longest: int) -> str:
    """Return `text` in one line that shows what it holds and nothing else: Unicode's NFC, single spaces.

    Control, bidirectional, private and unassigned characters become U+FFFD. A longer text keeps its two ends.

    Args:
        text: from anybody, of any length.
        longest: characters that may stay, at least 3.
    """
    if len(text) > _MOST_READ * longest:  # else a megabyte is normalised for one line
        half = _MOST_READ * longest // 2
        text = f"{text[:half]}{text[-half:]}"
    text = text.encode("utf-8", "replace").decode()
    line = " ".join(unicodedata.normalize("NFC", text).split())
    plain = "".join(UNKNOWN if _hides(character) else character for character in line)
    if len(plain) <= longest:
        return plain
    head = longest // 2
    return f"{plain[:head]}…{plain[-(longest - head - 1) :]}"


def _hides(character: str) -> bool:
    return unicodedata.category(character).startswith("C") and character not in JOINERS


def as_cell(value: Any) -> Any:
    """Return what a spreadsheet shows as it is, never computes: texts that would be formulas get a leading '."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def write_csv(rows: Iterable[Sequence[Any]]) -> str:
    """Return rows as CSV (RFC 4180) whose texts no spreadsheet computes."""
    text = io.StringIO()
    csv.writer(text).writerows([as_cell(value) for value in row] for row in rows)
    return text.getvalue()
