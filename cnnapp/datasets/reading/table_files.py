"""Which picture a cell of a table means: by name, with or without suffix, with or without folders."""

from collections.abc import Iterable

from cnnapp.datasets.containers import Entry
from cnnapp.datasets.reading.words import meaning_of
from cnnapp.images.kinds import is_called_picture, stem_of


class Pictures:
    """The pictures of a source, to be found by what tables call them."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._by_name: dict[str, list[Entry]] = {}
        self._by_stem: dict[str, list[Entry]] = {}
        for entry in entries:
            name = entry.parts[-1]
            self._by_name.setdefault(name, []).append(entry)
            self._by_stem.setdefault(stem_of(name), []).append(entry)

    def candidates(self, cell: str) -> list[Entry]:
        """Return the pictures that a cell, a name or a path with any folders before it, may mean."""
        parts = _parts(cell)
        if not parts:
            return []
        found = self._by_name.get(parts[-1]) or self._by_stem.get(parts[-1])
        if not found and is_called_picture(parts[-1]):  # a number's decimal point is no suffix
            found = self._by_stem.get(stem_of(parts[-1]))
        return _nearest(found, parts[:-1]) if found and len(found) > 1 else found or []

    def find(self, cell: str, role: str = "") -> Entry | None:
        """Return the one picture that a cell means, None if there is none or several may be meant.

        Args:
            cell: a name or a path.
            role: of the row; of several pictures it means one in a folder called so.
        """
        found = self.candidates(cell)
        if len(found) > 1 and role:
            found = [entry for entry in found if role in roles_above(entry)]
        return found[0] if len(found) == 1 else None


def _parts(cell: str) -> list[str]:
    return [part for part in cell.replace("\\", "/").split("/") if part not in ("", ".")]


def roles_above(entry: Entry) -> set[str]:
    """Return the splits that the folders above a file speak of."""
    return {meaning.role for part in entry.parts[:-1] if (meaning := meaning_of(part)) and meaning.rank < 2}


def _nearest(found: list[Entry], folders: list[str]) -> list[Entry]:
    """Keep those whose folders agree with the cell's the farthest up."""
    agreeing = [_common(entry.parts[:-1], tuple(folders)) for entry in found]
    most = max(agreeing)
    return [entry for entry, common in zip(found, agreeing, strict=True) if common == most]


def _common(one: tuple[str, ...], other: tuple[str, ...]) -> int:
    pairs = zip(reversed(one), reversed(other), strict=False)
    return next((place for place, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))
