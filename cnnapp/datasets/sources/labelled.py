"""Pictures whose classes stand in tables beside them: `labels.csv`, or one table for each split."""

from collections.abc import Sequence
from dataclasses import replace

from cnnapp.datasets.containers import Entry
from cnnapp.datasets.drafts import Workspace
from cnnapp.datasets.reading import Alternative, Choices, Guess, Question, Source
from cnnapp.datasets.reading.answers import answer
from cnnapp.datasets.reading.class_names import fold
from cnnapp.datasets.reading.findings import Findings
from cnnapp.datasets.reading.layout import Layout
from cnnapp.datasets.reading.refusals import NoClassesError, check_labels
from cnnapp.datasets.reading.sorting import are_pictures, skip_others, sort_out
from cnnapp.datasets.reading.table_columns import Columns, find_columns
from cnnapp.datasets.reading.table_files import Pictures
from cnnapp.datasets.reading.table_rows import ANSWERS, ROLES, TableReader
from cnnapp.datasets.reading.tables import MOST_BYTES, SUFFIXES, open_table
from cnnapp.datasets.reading.telling import Kind, some, tell
from cnnapp.datasets.reading.words import junk_reason, words_of
from cnnapp.datasets.sources import folders
from cnnapp.errors import CnnAppError
from cnnapp.images.kinds import is_called_picture, suffix_of

NAME, TITLE = "table", "classes in a table"
MOST_TABLES = 24  # looked into


def find(source: Source) -> bool:
    """Whether tables may lie beside pictures; `lay_out` takes the folders where they do not fit."""
    return bool(_tables(source.entries)) and any(is_called_picture(entry.parts[-1]) for entry in source.entries)


def lay_out(source: Source, choices: Choices, workspace: Workspace) -> Layout:
    """Give each picture the class of its row, or that of its folder where folders tell more.

    Raises:
        CnnAppError: neither gives two classes, or a choice names what is not there.
    """
    workspace.report("Looking for tables of labels", 0, 0)
    findings = Findings()
    images, others = sort_out(source.entries, findings)
    pictures = are_pictures(images)
    found = _fitting(source, Pictures(pictures), len(pictures), choices)
    used = _choose(found, choices)
    if not used:
        return _without_tables(source, choices, workspace)
    reader = TableReader(Pictures(pictures), choices, findings)
    for columns in used:
        reader.read(columns)
    reader.place(pictures)
    findings.skip(sorted(set(images) - set(pictures)), "no table names it")
    findings.lists += [columns.table.entry for columns in used]
    skip_others([entry for entry in others if entry not in set(findings.lists)], findings)
    _tell_tables(used, found, reader, findings)
    by_folders = None if choices.form or choices.label_file else _by_folders(source, choices, workspace)
    if by_folders is None or not _prefer_folders(by_folders, findings, choices):
        check_labels(used[0].table.entry.shown, findings)
        layout = tell(source, Kind(NAME, TITLE), findings)
        return replace(layout, group_values=reader.groups)
    told = [
        notice for notice in findings.notices if findings.question and notice.startswith(findings.question.sentence)
    ]
    update = {
        "question": findings.question or by_folders.reading.question,
        "notices": (*by_folders.reading.notices, *told),
    }
    return replace(by_folders, reading=by_folders.reading.model_copy(update=update))


def _without_tables(source: Source, choices: Choices, workspace: Workspace) -> Layout:
    """Return what the folders tell, since no table fits; where they tell no classes, the tables are in the refusal."""
    try:
        return folders.lay_out(source, choices, workspace)
    except NoClassesError:
        tables = some([entry.shown for entry in _tables(source.entries)])
        raise CnnAppError(
            f"Neither folders nor file names nor {tables} give the pictures of {source.name} two classes: expected a "
            "folder for each class, or a table with a column of the pictures' names and one of their classes."
        ) from None


def _tables(entries: Sequence[Entry]) -> list[Entry]:
    return [
        entry
        for entry in entries
        if suffix_of(entry.parts[-1]) in SUFFIXES and entry.size <= MOST_BYTES and not junk_reason(entry.parts)
    ]


def _fitting(source: Source, pictures: Pictures, number: int, choices: Choices) -> list[Columns]:
    """Return the tables whose rows name pictures, the chosen one alone if there is one."""
    tables = _tables(source.entries)
    if choices.label_file:
        tables = [entry for entry in tables if entry.shown == choices.label_file]
        if not tables:
            raise CnnAppError(f"There is no table {choices.label_file[:80]!r} in it: check its name.")
    elif len(tables) > MOST_TABLES:  # texts beside every picture, as YOLO keeps them
        tables = [entry for entry in tables if suffix_of(entry.parts[-1]) != ".txt"][:MOST_TABLES]
    found, problem = [], None
    for entry in tables:
        if "submission" in words_of(entry.parts[-1]) and not choices.label_file:
            continue
        try:
            columns = find_columns(open_table(source, entry), pictures, number, choices)
        except CnnAppError as error:
            problem = error
            continue
        if columns is not None:
            found.append(columns)
    if problem is not None and not found and (choices.label_file or choices.file_column or choices.label_column):
        raise problem
    return found


def _choose(found: list[Columns], choices: Choices) -> list[Columns]:
    """Return one table for each split, where their names say so, or the one that names the most pictures."""
    if choices.label_file and not found:
        raise CnnAppError(
            f"{choices.label_file[:80]} does not fit the pictures: expected a column with their names and one with "
            "their classes."
        )
    labelled = sorted(found, key=lambda columns: -columns.files)
    by_role = {role: next((c for c in labelled if c.role == role), None) for role in ROLES}
    of_splits = [columns for columns in by_role.values() if columns is not None]
    whole = next((columns for columns in labelled if not columns.role), None)
    if whole is not None and (not of_splits or whole.files >= sum(columns.files for columns in of_splits)):
        return [whole]
    return of_splits


def _tell_tables(used: list[Columns], found: list[Columns], reader: TableReader, findings: Findings) -> None:
    for columns in used:
        shown = columns.table.entry.shown
        label = columns.names[reader.label_of[shown]]
        findings.notices.append(
            f"The classes were read from {shown}: files by {columns.names[columns.file]}, classes by {label}."
        )
        findings.notices += columns.table.notices
    if len(used) == 1 and len(found) > 1:
        ways = tuple(Alternative(value=c.table.entry.shown, title=f"{c.files:,} pictures") for c in found)
        shown = used[0].table.entry.shown
        findings.guesses.append(
            Guess(key="label_file", sentence=f"{shown} holds the classes.", value=shown, alternatives=ways)
        )


def _by_folders(source: Source, choices: Choices, workspace: Workspace) -> Layout | None:
    """Return what the folders tell, if they alone give classes; file names count less than a table."""
    alternative = "" if choices.alternative in ANSWERS else choices.alternative
    try:
        layout = folders.lay_out(source, choices.model_copy(update={"alternative": alternative}), workspace)
    except CnnAppError:
        return None
    return None if layout.reading.title == folders.BY_NAME else layout


def _prefer_folders(by_folders: Layout, findings: Findings, choices: Choices) -> bool:
    """Decide between table and folders: what leaves nothing out counts; where they only differ, a person is asked."""
    labels = by_folders.reading.class_names
    of_folders = {placed.entry: fold(labels[placed.label]) for placed in by_folders.placed}
    of_table = {spot.entry: fold(spot.label) for spot in findings.spots}
    if len(of_folders) == len(of_table) and _same_parts(of_folders, of_table):
        splits = {placed.split for placed in by_folders.placed}
        return len(splits) >= len({spot.split for spot in findings.spots})
    more = "" if len(of_folders) == len(of_table) else NAME if len(of_table) > len(of_folders) else folders.NAME
    if findings.question is not None:  # about the table's columns, which counts first
        return False
    if choices.alternative and choices.alternative not in ANSWERS:
        return True  # it answers a question about the folders
    findings.question = Question(
        sentence=f"The classes may be those of the table ({len(of_table):,} pictures) or those of the folders "
        f"({len(of_folders):,} pictures).",
        alternatives=tuple(Alternative(value=value, title=title) for value, title in ANSWERS.items()),
        default=more,
    )
    if more and not choices.alternative:
        sentence = f"{findings.question.sentence} Those of {ANSWERS[more]} were taken: they leave the fewest out."
        findings.notices.append(sentence)
    return answer(findings.question, choices) == folders.NAME


def _same_parts(one: dict[Entry, str], other: dict[Entry, str]) -> bool:
    """Whether two namings put the same pictures together."""
    pairs = {(label, other.get(entry)) for entry, label in one.items()}
    return len(pairs) == len(set(one.values())) == len(set(other.values()))
