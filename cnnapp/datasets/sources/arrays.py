"""Import of NumPy arrays (an `.npz`, or `.npy` files side by side) and of idx files as MNIST's; never pickles."""

from collections.abc import Callable, Sequence

from cnnapp.datasets.containers import Container, Entry
from cnnapp.datasets.drafts import Draft, Workspace
from cnnapp.datasets.manifest import Skipped
from cnnapp.datasets.reading import Alternative, Choices, Form, Question, Reading, Source
from cnnapp.datasets.reading.answers import answer, check_answered
from cnnapp.datasets.sources.array_draft import Wanted, make_draft
from cnnapp.datasets.sources.array_files import IDX, NPY, ArrayFiles, Format
from cnnapp.datasets.sources.array_names import NO_IMAGES, NamedSet, by_position, find_sets, is_numbered, meaning
from cnnapp.datasets.sources.array_reading import ask, describe
from cnnapp.datasets.sources.idx import is_called_idx
from cnnapp.datasets.sources.pixels import UnclearRangeError, parse_range, range_value
from cnnapp.errors import CnnAppError
from cnnapp.images import range_words
from cnnapp.images.kinds import is_called_image

FOUND = 8  # names of arrays in a refusal

FindFiles = Callable[[Container, Sequence[Entry]], tuple[ArrayFiles, list[Skipped]]]


class _OpenError(Exception):
    """A person must choose before the arrays can be read."""

    def __init__(self, question: Question) -> None:
        super().__init__(question.sentence)
        self.question = question


def _numpy_files(container: Container, entries: Sequence[Entry]) -> tuple[ArrayFiles, list[Skipped]]:
    return _files(container, entries, [entry for entry in entries if _is_npy(entry)], NPY)


def _idx_files(container: Container, entries: Sequence[Entry]) -> tuple[ArrayFiles, list[Skipped]]:
    return _files(container, entries, [entry for entry in entries if is_called_idx(entry) and not _hidden(entry)], IDX)


def _files(
    container: Container, entries: Sequence[Entry], wanted: Sequence[Entry], form: Format
) -> tuple[ArrayFiles, list[Skipped]]:
    """Return the arrays by their paths, without the folders that all share, and the files that are none."""
    shared = min((len(entry.parts) - 1 for entry in wanted), default=0)
    while shared and len({entry.parts[:shared] for entry in wanted}) > 1:
        shared -= 1
    named: dict[str, Entry] = {}
    for entry in wanted:
        name = entry._replace(parts=entry.parts[shared:]).shown.removesuffix(".npy")
        if name in named:
            raise CnnAppError(f"{name} is there twice: expected each array once. Save the file again.")
        named[name] = entry
    arrays = set(wanted)
    others = [Skipped(file=entry.shown, reason="it is no array") for entry in entries if entry not in arrays]
    return ArrayFiles(container, named, form), [*container.skipped, *others]


def _is_npy(entry: Entry) -> bool:
    return entry.parts[-1].endswith(".npy") and not _hidden(entry)


def _hidden(entry: Entry) -> bool:
    return entry.parts[0] == "__MACOSX" or any(part.startswith(".") for part in entry.parts)


def _choose_set(files: ArrayFiles, others: Sequence[Skipped], chosen: str) -> NamedSet:
    """Return the set that the arrays make, the chosen one where there are several.

    Args:
        files: the arrays.
        others: files that are no arrays or cannot be read.
        chosen: the words in which the names of one of several sets differ.

    Raises:
        _OpenError: there are several and none is chosen.
        CnnAppError: there is none.
    """
    sets = find_sets(files.names)
    if not sets and is_numbered(files.names):
        axes = {name: len(files.header(name).shape) for name in files.names}
        if (numbered := by_position(axes)) is not None:
            return numbered
    if not sets:
        unread = [skipped for skipped in others if skipped.file.endswith(".npy")]
        raise _unread(unread[0]) if unread else _missing(files.names)
    if len(sets) == 1 or chosen in sets:
        return _whole(sets.get(chosen) or next(iter(sets.values())))
    sentence = f"The archive holds {len(sets)} sets ({', '.join(sets)}): choose one, they are never mixed."
    raise _OpenError(
        Question(
            sentence=sentence,
            alternatives=tuple(Alternative(value=name, title=name) for name in sets),
            key="array_set",
        )
    )


def _whole(named: NamedSet) -> NamedSet:
    """Refuse a set with labels whose images are missing: images without labels are left out, but these promise some."""
    alone = [name for name, reason in named.unused.items() if reason == NO_IMAGES]
    if alone:
        raise CnnAppError(f"{alone[0]} is there without its images: expected both, or neither. Save the file again.")
    return named


def _unread(skipped: Skipped) -> CnnAppError:
    return CnnAppError(f"{skipped.file} cannot be read: {skipped.reason}.")


def _missing(names: Sequence[str]) -> CnnAppError:
    found = ", ".join(names[:FOUND]) or "nothing"
    meanings = [(what.kind, what.split) for name in names if (what := meaning(name)) is not None]
    missing = [
        name
        for name, kind in (("x_train", "images"), ("y_train", "labels"))
        if not any((kind, split) in meanings for split in ("train", "all"))
    ]
    return CnnAppError(
        f"{' and '.join(missing) or 'Images and labels of one set'} missing: expected the arrays x_train, y_train, "
        f"x_test, y_test; found {found}."
    )


def _draft(source: Source, title: str, choices: Choices, workspace: Workspace, find: FindFiles) -> Draft:
    """Make the draft; raises _OpenError where a person must choose, CnnAppError otherwise."""
    files, others = find(source.container, source.entries)
    named = _choose_set(files, others, choices.array_set or choices.alternative)
    pixel_range = choices.pixel_range or parse_range(choices.alternative)
    wanted = Wanted(choices.wants_ink, pixel_range, choices.test_from, choices.group_rule)
    try:
        draft = make_draft(files, named, title, wanted, workspace)
    except UnclearRangeError as unclear:
        ranges = tuple(Alternative(value=range_value(found), title=range_words(found)) for found in unclear.ranges)
        raise _OpenError(Question(sentence=str(unclear), alternatives=ranges, key="pixel_range")) from None
    draft.skipped.extend(others)
    return draft


def _form(name: str, title: str, find: Callable[[Source], bool], find_files: FindFiles) -> Form:
    def read(source: Source, choices: Choices, workspace: Workspace) -> Reading:
        try:
            draft = _draft(source, "", choices, workspace, find_files)
        except _OpenError as found:
            return ask(source, (name, title), found.question)
        return describe(source, (name, title), draft, choices, workspace)

    def make(source: Source, title: str, choices: Choices, workspace: Workspace) -> Draft:
        try:
            return _draft(source, title, choices, workspace, find_files)
        except _OpenError as found:
            check_answered(ask(source, (name, title), found.question), choices)
            answer(found.question, choices)  # the person's is none of the alternatives
            raise

    return Form(name, title, find, read, make)


def _finds_numpy(source: Source) -> bool:
    arrays = [entry for entry in source.entries if _is_npy(entry)]
    if not arrays:
        return False
    if not any(is_called_image(entry.parts[-1]) for entry in source.entries):
        return True
    return bool(find_sets([entry.shown.removesuffix(".npy") for entry in arrays]))  # not one that lies beside pictures


def _finds_idx(source: Source) -> bool:
    return bool(find_sets([entry.shown for entry in source.entries if is_called_idx(entry) and not _hidden(entry)]))


NUMPY = _form("npz", "NumPy arrays", _finds_numpy, _numpy_files)
IDX_FILES = _form("idx", "idx files, as MNIST's", _finds_idx, _idx_files)
