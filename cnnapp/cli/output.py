"""Text for a terminal: tables, a progress line, no control characters of others."""

import sys
from collections.abc import Iterable, Sequence


def printable(text: str) -> str:
    """Replace what could steer a terminal: names of runs, classes and files are other people's text."""
    return "".join(character if character.isprintable() else "?" for character in text)


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return rows as aligned columns below their heads; numbers stand right."""
    rows = list(rows)
    texts = [[printable(head_text.upper()) for head_text in head], *([_cell(cell) for cell in row] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*texts, strict=True)]
    right = [bool(rows) and all(_is_number(row[place]) for row in rows) for place in range(len(head))]
    lines = (
        "  ".join(
            cell.rjust(width) if numeric else cell.ljust(width)
            for cell, width, numeric in zip(line, widths, right, strict=True)
        )
        for line in texts
    )
    return "\n".join(line.rstrip() for line in lines)


def percent(share: float | None) -> str:
    """Return a share from 0 to 1 in percent, a dash while it is not known."""
    return "–" if share is None else f"{share:.1%}"


def note(sentence: str) -> None:
    """Tell something beside the answer."""
    print(printable(sentence), file=sys.stderr, flush=True)


class ProgressLine:
    """How far something is, on stderr: one line redrawn on a terminal, a line per milestone in a log."""

    def __init__(self) -> None:
        self._redraws = sys.stderr.isatty()
        self._milestone: object = None

    def show(self, line: str, *, milestone: object) -> None:
        """Show `line`; in a log only when `milestone` is another one than the last time."""
        if self._redraws:
            print(f"\r\x1b[K{printable(line)}", end="", file=sys.stderr, flush=True)
        elif milestone != self._milestone:
            note(line)
        self._milestone = milestone

    def end(self) -> None:
        """Leave the line, so that what follows stands below it."""
        if self._redraws and self._milestone is not None:
            print(file=sys.stderr, flush=True)


def _cell(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else printable(str(value))


def _is_number(value: object) -> bool:
    return isinstance(value, int) or str(value).rstrip("%").replace(".", "").isdecimal() or value == "–"
