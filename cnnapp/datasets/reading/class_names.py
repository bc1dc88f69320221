"""Folders' names as names of classes: what is written in two ways is one class, what only looks alike is not."""

import hashlib
import unicodedata
from collections import Counter
from collections.abc import Iterable

from cnnapp.datasets.containers.container import plain_text

LONGEST = 100  # characters of a class's name


class ClassNames:
    """The classes of a set, found by how folders are called, each under its most frequent spelling."""

    def __init__(self, labels: Iterable[str]) -> None:
        """Take the label of every image."""
        spellings: dict[str, Counter[str]] = {}
        for label, count in Counter(labels).items():
            spellings.setdefault(fold(label), Counter())[label] += count
        usual = {key: min(counts, key=lambda name: (-counts[name], name)) for key, counts in spellings.items()}
        shown = _distinct(usual)
        order = sorted(shown, key=shown.__getitem__)
        self.names = tuple(shown[key] for key in order)
        self._place = {key: place for place, key in enumerate(order)}
        self._twins = [sorted(map(_plain, counts)) for counts in spellings.values() if len(counts) > 1]

    def place(self, label: str) -> int:
        """Return the class's place in `names`."""
        return self._place[fold(label)]

    @property
    def notices(self) -> list[str]:
        """What was taken as one class although it is written in several ways."""
        return [
            f"The folders {' and '.join(twins[:5])} were taken as one class: their names differ only in case or in how "
            "accents are encoded."
            for twins in self._twins
        ]


def fold(label: str) -> str:
    """Return what is the same for all spellings of a name."""
    return unicodedata.normalize("NFC", " ".join(label.split())).lower()


def _plain(label: str) -> str:
    return unicodedata.normalize("NFC", " ".join(plain_text(label).split())) or "\ufffd"


def _distinct(labels: dict[str, str]) -> dict[str, str]:
    """Shorten names for people; those that would look alike then get a mark."""
    short = {key: _short(_plain(label)) for key, label in labels.items()}
    alike = Counter(short.values())
    marked = {key: _short(_plain(label), _mark(key)) for key, label in labels.items() if alike[short[key]] > 1}
    return short | marked


def _short(name: str, mark: str = "") -> str:
    room = LONGEST - len(mark)
    return (name if len(name) <= room else f"{name[: room - 1]}…") + mark


def _mark(key: str) -> str:
    return f" #{hashlib.sha256(key.encode('utf-8', 'surrogatepass')).hexdigest()[:6]}"
