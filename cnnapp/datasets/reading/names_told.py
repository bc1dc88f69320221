"""How the names in an archive were read, where the archive does not say it."""

from cnnapp.datasets.containers.container import plain_text
from cnnapp.datasets.containers.encodings import ENCODINGS, UTF8
from cnnapp.datasets.reading.result import Alternative, Guess, Reading
from cnnapp.datasets.reading.source import Source


def name_notices(source: Source) -> list[str]:
    """Tell of an encoding that was guessed; another one makes other classes."""
    named = source.container.named
    if named is None or not named.guessed:
        return []
    return [
        f"The archive does not say how its names are encoded; they were read as {_title(named.encoding)}, by what they "
        "look like."
    ]


def with_names(reading: Reading, source: Source) -> Reading:
    """Add to a reading how names were read, as a guess that a person may change."""
    named = source.container.named
    if named is None or not named.alternatives:
        return reading
    guess = Guess(
        key="encoding",
        sentence=f"Names in the archive are read as {_title(named.encoding)}.",
        value=named.encoding,
        alternatives=tuple(
            Alternative(value=encoding, title=f"{_title(encoding)}: {plain_text(example)[:60]}")
            for encoding, example in named.alternatives
        ),
    )
    update = {"guesses": (guess, *reading.guesses), "notices": (*name_notices(source), *reading.notices)}
    return reading.model_copy(update=update)


def _title(encoding: str) -> str:
    return "UTF-8" if encoding == UTF8 else ENCODINGS.get(encoding, encoding)
