"""A few of a source's images, decoded while somebody waits: the pictures of its reading, and what they become."""

import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import islice, zip_longest
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from cnnapp.datasets.containers import Entry
from cnnapp.datasets.drafts import Workspace
from cnnapp.datasets.reading import Alternative, Becomes, Choices, ClassCount, Example, Guess, LeftOut, Reading, Source
from cnnapp.datasets.reading import ReadPart as Part
from cnnapp.datasets.reading.layout import Layout
from cnnapp.datasets.sources.image_shape import LOOKED_AT, Shape, choose_shape, first_shapes
from cnnapp.datasets.sources.ink_guess import looks_like_ink
from cnnapp.errors import CnnAppError
from cnnapp.images import Preprocess, decode, find_range, prepare_pixels

SECONDS = 0.7  # for the pictures, and once more for the shapes
MOST_PICTURES = 300

Pixels = NDArray[np.uint8]
Told = TypeVar("Told", ClassCount, LeftOut, Part)


def with_pictures(source: Source, layout: Layout, choices: Choices, workspace: Workspace) -> Reading:
    """Look at the reading's examples, as many as there is time for, and tell what an import makes of them."""
    reading = layout.reading
    decoded = dict(_decoded(source, _wanted(reading), choices, workspace))
    rows = {file: workspace.album.add(pixels) for file, pixels in decoded.items()}
    shapes = _in_time(first_shapes(source.container, [placed.entry for placed in layout.placed]))
    shape = choose_shape(list(islice(shapes, LOOKED_AT)), choices.images)
    becomes = Becomes(image_shape=shape, ink=_is_ink(decoded.values(), shape, choices))
    parts = tuple(
        _shown(part, rows).model_copy(update={"classes": tuple(_shown(count, rows) for count in part.classes)})
        for part in reading.parts
    )
    left_out = tuple(_shown(left, rows) for left in reading.left_out)
    guesses = (*reading.guesses, *_guesses(becomes, choices))
    return reading.model_copy(update={"parts": parts, "left_out": left_out, "becomes": becomes, "guesses": guesses})


def _wanted(reading: Reading) -> list[str]:
    """Return the files to look at: the first of every class and folder, then the second …"""
    groups = [count.examples for part in reading.parts for count in part.classes]
    groups += [part.examples for part in reading.parts] + [left.examples for left in reading.left_out]
    in_turn = [example.file for row in zip_longest(*groups) for example in row if example is not None]
    return in_turn[:MOST_PICTURES]


def _decoded(source: Source, wanted: list[str], choices: Choices, workspace: Workspace) -> Iterator[tuple[str, Pixels]]:
    names = set(wanted)
    entries: dict[str, Entry] = {}
    for entry in source.entries:
        if (name := entry.shown) in names:
            entries.setdefault(name, entry)
    contents = _in_time(source.container.read([entries[name] for name in wanted if name in entries]))
    for done, content in enumerate(contents):
        workspace.report("Looking at some pictures", done, len(entries))
        with suppress(CnnAppError):
            yield content.entry.shown, _seen(content.data, choices)


def _seen(data: bytes, choices: Choices) -> Pixels:
    """Decode a picture; one of more than 8 bits by its own range, since the set's is not known before the import."""
    decoded = decode(data, value_range=choices.pixel_range)
    own = None if decoded.deep is None or choices.pixel_range is not None else find_range([decoded.deep])
    return decoded.pixels if own is None else decode(data, value_range=own).pixels


Item = TypeVar("Item")


def _in_time(items: Iterable[Item]) -> Iterator[Item]:
    """Give what there is time for, at least one."""
    until = time.monotonic() + SECONDS
    for item in items:
        yield item
        if time.monotonic() > until:
            return


def _shown(told: Told, rows: dict[str, int]) -> Told:
    examples = tuple(Example(file=example.file, picture=rows.get(example.file)) for example in told.examples)
    return told.model_copy(update={"examples": examples})


def _is_ink(pictures: Iterable[Pixels], shape: Shape, choices: Choices) -> bool:
    if shape[2] != 1 or choices.ink == "off":
        return False
    preprocess = Preprocess(image_shape=shape, resize_mode=choices.images.resize_mode)
    seen = [prepare_pixels(pixels, preprocess)[0] for pixels in pictures]
    return choices.ink == "on" or (bool(seen) and looks_like_ink(np.stack(seen)))


def _guesses(becomes: Becomes, choices: Choices) -> list[Guess]:
    height, width, channels = becomes.image_shape
    guesses = []
    if choices.images.size is None:
        sentence = f"Images become {height}×{width} pixels, by the size of the first ones."
        guesses.append(Guess(key="images.size", sentence=sentence, value=str(height)))
    if choices.images.colour == "auto":
        what = "grey" if channels == 1 else "colour"
        ways = tuple(Alternative(value=value, title=value) for value in ("colour", "grey"))
        sentence = f"The images are in {what}, as the first ones are." if channels == 3 else "All images are grey."
        guesses.append(Guess(key="images.colour", sentence=sentence, value=what, alternatives=ways))
    if channels == 1 and choices.ink == "auto":
        sentence = f"They look {'' if becomes.ink else 'not '}like pen and ink on paper."
        ways = (Alternative(value="on", title="pen and ink"), Alternative(value="off", title="other images"))
        guesses.append(Guess(key="ink", sentence=sentence, value="on" if becomes.ink else "off", alternatives=ways))
    return guesses
