"""Pictures whose classes stand in tables beside them: `labels.csv`, or one table for each split."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple, cast

from cnnapp.datasets.containers import Entry
from cnnapp.datasets.drafts import Workspace
from cnnapp.datasets.manifest import SplitName
from cnnapp.datasets.reading import Alternative, Choices, Guess, Question, Source
from cnnapp.datasets.reading.answers import answer
from cnnapp.datasets.reading.choices import Role
from cnnapp.datasets.reading.class_names import fold
from cnnapp.datasets.reading.findings import Findings, Spot
from cnnapp.datasets.reading.layout import Layout
from cnnapp.datasets.reading.refusals import check_labels
from cnnapp.datasets.reading.sorting import are_pictures, skip_others, sort_out
from cnnapp.datasets.reading.table_columns import Columns, find_columns
from cnnapp.datasets.reading.table_files import Pictures, roles_above
from cnnapp.datasets.reading.tables import MOST_BYTES, SUFFIXES, open_table
from cnnapp.datasets.reading.telling import Kind, some, tell
from cnnapp.datasets.reading.tree import Node, grow
from cnnapp.datasets.reading.words import junk_reason, meaning_of, words_of
from cnnapp.datasets.sources import folders
from cnnapp.errors import CnnAppError
from cnnapp.images.kinds import is_called_picture, suffix_of

NAME, TITLE = "table", "classes in a table"
MOST_TABLES = 24  # looked into
_ROLES = ("train", "validation", "test")
_ANSWERS = {NAME: "the table", folders.NAME: "the folders"}


class _Row(NamedTuple):
    """What a table says of one picture."""

    label: str
    split: str  # by the table, "" if it does not say
    group: str


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
        return folders.lay_out(source, choices, workspace)
    reader = _Reader(Pictures(pictures), choices, findings)
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
    by_role = {role: next((c for c in labelled if c.role == role), None) for role in _ROLES}
    of_splits = [columns for columns in by_role.values() if columns is not None]
    whole = next((columns for columns in labelled if not columns.role), None)
    if whole is not None and (not of_splits or whole.files >= sum(columns.files for columns in of_splits)):
        return [whole]
    return of_splits


class _Reader:
    """Gives the pictures that rows name their classes."""

    def __init__(self, pictures: Pictures, choices: Choices, findings: Findings) -> None:
        self._pictures, self._choices, self._findings = pictures, choices, findings
        self._rows: dict[Entry, _Row] = {}
        self._several: set[Entry] = set()  # rows do not agree on them
        self._nameless: set[Entry] = set()  # rows name no class
        self.groups: dict[Entry, str] = {}
        self.label_of: dict[str, int] = {}  # table -> place of the column of classes

    def read(self, columns: Columns) -> None:
        """Read a table's rows; rows without a picture are told."""
        label, group = self._label_column(columns), self._group_column(columns)
        self.label_of[columns.table.entry.shown] = label
        missing: list[str] = []
        rows = columns.table.rows()
        if columns.is_header:
            next(rows)
        for row in rows:
            meaning = meaning_of(row[columns.split]) if columns.split is not None else None
            role = meaning.role if meaning else columns.role
            entry = self._pictures.find(row[columns.file], role)
            if entry is None:
                missing.append(row[columns.file][:60] or "(empty)")
            else:
                self._add(entry, _Row(row[label], role, row[group] if group is not None else ""))
        if missing:
            rows_have = "1 row names a picture" if len(missing) == 1 else f"{len(missing):,} rows name pictures"
            self._findings.notices.append(
                f"In {columns.table.entry.shown} {rows_have} that {'is' if len(missing) == 1 else 'are'} not there: "
                f"{some([_plain(name) for name in missing])}."
            )

    def place(self, pictures: Sequence[Entry]) -> None:
        """Give every picture its split; those without a row are left out, folder by folder where no other has one."""
        places = {entry: self._split(entry, row) for entry, row in self._rows.items() if entry not in self._several}
        if "train" not in places.values():  # the only part there is
            places = dict.fromkeys(places, "train") if len(set(places.values())) == 1 else places
        roles = {entry: self._chosen_role(entry) for entry in pictures} if self._choices.roles else {}
        by_split: dict[str, list[Entry]] = {}
        for entry, split in places.items():
            role = roles.get(entry) or split
            if role in _ROLES:
                by_split.setdefault(role, []).append(entry)
                self.groups[entry] = self._rows[entry].group
        for role, entries in by_split.items():
            shown = _shared_folder(entries)
            split = cast("SplitName", role)
            self._findings.spots += [Spot(entry, split, self._rows[entry].label, shown) for entry in entries]
        if not any(self.groups.values()):
            self.groups = {}
        self._leave([entry for entry in pictures if (roles.get(entry) or places.get(entry)) not in _ROLES], roles)
        if self._choices.test_from == "validation":
            self._findings.test_with_validation()

    def _add(self, entry: Entry, row: _Row) -> None:
        if not row.label:
            self._nameless.add(entry)
        elif entry in self._rows and fold(self._rows[entry].label) != fold(row.label):
            self._several.add(entry)
        else:
            self._rows.setdefault(entry, row)

    def _split(self, entry: Entry, row: _Row) -> str:
        above = roles_above(entry) & set(_ROLES)
        return row.split or (above.pop() if len(above) == 1 else "train")

    def _chosen_role(self, entry: Entry) -> Role | None:
        paths = ("/".join(entry.parts[:depth]) or "." for depth in range(len(entry.parts) - 1, -1, -1))
        return next((self._choices.roles[path] for path in paths if path in self._choices.roles), None)

    def _leave(self, entries: list[Entry], roles: dict[Entry, Role | None]) -> None:
        used = {spot.entry.parts[:-1] for spot in self._findings.spots}
        for node in grow(entries).walk() if entries else ():
            unlabelled = [entry for entry in node.files if roles.get(entry) == "unlabelled"]
            self._findings.unlabelled += [(node.shown, entry) for entry in unlabelled]
            self._leave_files(node, [entry for entry in node.files if roles.get(entry) != "unlabelled"], used, roles)

    def _leave_files(
        self, node: Node, files: list[Entry], used: set[tuple[str, ...]], roles: dict[Entry, Role | None]
    ) -> None:
        chosen = [entry for entry in files if roles.get(entry) == "left out"]
        self._findings.leave(node.shown, chosen, "it was left out by choice", ("train", "unlabelled"))
        rest = [entry for entry in files if entry not in set(chosen)]
        if node.path not in used and not any(entry in self._several | self._nameless for entry in rest):
            self._findings.leave(
                node.shown, rest, f"its {len(rest):,} pictures have no class in a table", ("unlabelled",)
            )
            return
        several = [entry for entry in rest if entry in self._several]
        nameless = [entry for entry in rest if entry in self._nameless and entry not in self._several]
        self._findings.skip(several, "the rows of the table give it several classes")
        self._findings.skip(nameless, "its row in the table names no class")
        others = [entry for entry in rest if entry not in self._several | self._nameless]
        self._findings.skip(others, "no row of the table names it")

    def _label_column(self, columns: Columns) -> int:
        if not columns.labels:
            raise CnnAppError(
                f"{columns.table.entry.shown} has no column that may hold classes: expected two or more different "
                "texts or numbers, each in two rows or more."
            )
        names = [columns.names[place] for place in columns.labels]
        ways = tuple(Alternative(value=name, title=f"the column {name}") for name in names)
        sentence = f"Several columns of {columns.table.entry.shown} may hold the classes: {some(names)}."
        if not columns.sure:
            self._findings.question = Question(sentence=sentence, alternatives=ways)
            own = self._choices if self._choices.alternative not in _ANSWERS else Choices()
            return columns.labels[names.index(answer(self._findings.question, own))]
        if len(names) > 1:
            told = f"The column {names[0]} of {columns.table.entry.shown} holds the classes."
            self._findings.guesses.append(Guess(key="label_column", sentence=told, value=names[0], alternatives=ways))
        return columns.labels[0]

    def _group_column(self, columns: Columns) -> int | None:
        rule = self._choices.group_rule
        if rule.kind != "column":
            return None
        return next((place for place, name in enumerate(columns.names) if fold(name) == fold(rule.column)), None)


def _tell_tables(used: list[Columns], found: list[Columns], reader: _Reader, findings: Findings) -> None:
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
    alternative = "" if choices.alternative in _ANSWERS else choices.alternative
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
    if choices.alternative and choices.alternative not in _ANSWERS:
        return True  # it answers a question about the folders
    findings.question = Question(
        sentence=f"The classes may be those of the table ({len(of_table):,} pictures) or those of the folders "
        f"({len(of_folders):,} pictures).",
        alternatives=tuple(Alternative(value=value, title=title) for value, title in _ANSWERS.items()),
        default=more,
    )
    if more and not choices.alternative:
        sentence = f"{findings.question.sentence} Those of {_ANSWERS[more]} were taken: they leave the fewest out."
        findings.notices.append(sentence)
    return answer(findings.question, choices) == folders.NAME


def _same_parts(one: dict[Entry, str], other: dict[Entry, str]) -> bool:
    """Whether two namings put the same pictures together."""
    pairs = {(label, other.get(entry)) for entry, label in one.items()}
    return len(pairs) == len(set(one.values())) == len(set(other.values()))


def _shared_folder(entries: Sequence[Entry]) -> str:
    shared = entries[0].parts[:-1]
    for entry in entries:
        while entry.parts[: len(shared)] != shared:
            shared = shared[:-1]
    return Node(shared).shown


def _plain(text: str) -> str:
    return "".join(character if character.isprintable() else "\ufffd" for character in text)
