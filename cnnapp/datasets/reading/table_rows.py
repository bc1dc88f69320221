"""From the rows of tables to findings: each picture's class, split and group, and what no row tells."""

from collections.abc import Sequence
from typing import NamedTuple, cast

from cnnapp.datasets.containers import Entry
from cnnapp.datasets.containers.container import plain_text
from cnnapp.datasets.manifest import SplitName
from cnnapp.datasets.reading.answers import answer
from cnnapp.datasets.reading.choices import Choices, Role
from cnnapp.datasets.reading.class_names import fold
from cnnapp.datasets.reading.findings import Findings, Spot
from cnnapp.datasets.reading.result import Alternative, Guess, Question
from cnnapp.datasets.reading.table_columns import Columns
from cnnapp.datasets.reading.table_files import Pictures, roles_above
from cnnapp.datasets.reading.telling import some
from cnnapp.datasets.reading.tree import Node, grow
from cnnapp.datasets.reading.words import meaning_of
from cnnapp.errors import CnnAppError

ROLES = ("train", "validation", "test")
ANSWERS = {"table": "the table", "folders": "the folders"}  # to the question which of both tells the classes


class _Row(NamedTuple):
    """What a table says of one picture."""

    label: str
    split: str  # by the table, "" if it does not say
    group: str


class TableReader:
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
                f"{some([plain_text(name) for name in missing])}."
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
            if role in ROLES:
                by_split.setdefault(role, []).append(entry)
                self.groups[entry] = self._rows[entry].group
        for role, entries in by_split.items():
            shown = _shared_folder(entries)
            split = cast("SplitName", role)
            self._findings.spots += [Spot(entry, split, self._rows[entry].label, shown) for entry in entries]
        if not any(self.groups.values()):
            self.groups = {}
        self._leave([entry for entry in pictures if (roles.get(entry) or places.get(entry)) not in ROLES], roles)
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
        above = roles_above(entry) & set(ROLES)
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
            own = self._choices if self._choices.alternative not in ANSWERS else Choices()
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


def _shared_folder(entries: Sequence[Entry]) -> str:
    shared = entries[0].parts[:-1]
    for entry in entries:
        while entry.parts[: len(shared)] != shared:
            shared = shared[:-1]
    return Node(shared).shown
