"""The reading of a set of arrays: what the draft of it holds."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from cnnapp.datasets.drafts import Draft, Rows, Workspace
from cnnapp.datasets.manifest import Skipped, SplitName
from cnnapp.datasets.reading import (
    Alternative,
    Becomes,
    Choices,
    ClassCount,
    Example,
    Form,
    Guess,
    Question,
    Reading,
    ReadPart,
    SkippedFiles,
    Source,
)

EXAMPLES = 5  # pictures of a class, names of arrays for a reason
_INK = (Alternative(value="on", title="pen and ink"), Alternative(value="off", title="other images"))


def form_of_arrays(
    name: str,
    title: str,
    find: Callable[[Source], bool],
    make: Callable[[Source, str, Choices, Workspace], Draft],
) -> Form:
    """Return the row of a form whose drafts are small or lie on disk: its reading tells what the draft holds."""

    def read(source: Source, choices: Choices, workspace: Workspace) -> Reading:
        return describe(source, (name, title), make(source, "", choices, workspace), choices, workspace)

    return Form(name, title, find, read, make)


def describe(source: Source, form: tuple[str, str], draft: Draft, choices: Choices, workspace: Workspace) -> Reading:
    """Tell what a draft holds, with pictures of its first images.

    Args:
        source: what it was made of.
        form: name and title.
        draft: of the source, under these choices.
        choices: of the person.
        workspace: takes the pictures.
    """
    grey, is_ink = draft.preprocess.image_shape[2] == 1, draft.preprocess.ink is not None
    guesses = []
    if grey and choices.ink == "auto":
        sentence = f"They look {'' if is_ink else 'not '}like pen and ink on paper."
        guesses = [Guess(key="ink", sentence=sentence, value="on" if is_ink else "off", alternatives=_INK)]
    return Reading(
        source=source.name,
        files=len(source.entries) + len(source.container.skipped),
        form=form[0],
        title=form[1],
        class_names=draft.class_names,
        parts=tuple(
            _part(split, rows, draft, workspace) for split, rows in draft.splits.items() if isinstance(rows, Rows)
        ),
        skipped=tuple(_by_reason(draft.skipped)),
        guesses=tuple(guesses),
        notices=tuple(draft.notices),
        becomes=Becomes(image_shape=draft.preprocess.image_shape, ink=is_ink),
    )


def ask(source: Source, form: tuple[str, str], question: Question) -> Reading:
    """Tell that a person must choose before more can be told."""
    return Reading(
        source=source.name,
        files=len(source.entries) + len(source.container.skipped),
        form=form[0],
        title=form[1],
        class_names=(),
        parts=(),
        question=question,
    )


def _part(split: SplitName, rows: Rows, draft: Draft, workspace: Workspace) -> ReadPart:
    counts = np.bincount(rows.labels, minlength=len(draft.class_names))
    pictures = _pictures(rows, workspace)
    return ReadPart(
        folders=(),
        role=split,
        images=len(rows.labels),
        classes=tuple(
            ClassCount(name=name, images=int(counts[label]), examples=tuple(pictures[label]))
            for label, name in enumerate(draft.class_names)
            if counts[label]
        ),
    )


def _pictures(rows: Rows, workspace: Workspace) -> dict[int, list[Example]]:
    """Show the first images of each class, as far as the first batch goes."""
    found: dict[int, list[Example]] = defaultdict(list)
    batch = next(rows.batches())
    for row, label in enumerate(rows.labels[: len(batch)].tolist()):
        if len(found[label]) < EXAMPLES and not workspace.album.full:
            found[label].append(Example(file=f"image {row:,}", picture=workspace.album.add(batch[row])))
    return found


def _by_reason(skipped: Sequence[Skipped]) -> Iterator[SkippedFiles]:
    for reason, files in Counter(item.reason for item in skipped).most_common():
        names = [item.file for item in skipped if item.reason == reason]
        yield SkippedFiles(reason=reason, files=files, examples=tuple(names[:EXAMPLES]))
