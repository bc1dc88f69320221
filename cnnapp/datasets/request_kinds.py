"""What the dataset worker can be asked for, as it stands in a job's folder."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from cnnapp.datasets.changes import Changes
from cnnapp.datasets.reading import Choices


class _Request(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str  # of the data set that comes of it, or is checked
    title: str


class PrepareRequest(_Request):
    """Make a catalog row's arrays; `archive` stands in for its download."""

    kind: Literal["prepare"] = "prepare"
    archive: Path | None = None


class _SourceRequest(_Request):
    path: Path | None = None  # None: what was uploaded into the job's folder
    url: str | None = None  # to be downloaded, in place of a path
    file_name: str = ""  # what an upload is called
    origin: str = ""  # a sentence on where an earlier reading has downloaded it from
    choices: Choices = Choices()


class ReadRequest(_SourceRequest):
    """Tell what a file, a folder or a download holds; no data set comes of it, so `name` is ""."""

    kind: Literal["reading"] = "reading"


class ImportRequest(_SourceRequest):
    """Make a new data set of a file, a folder or a download."""

    kind: Literal["import"] = "import"


class CheckRequest(_Request):
    """Look for what is wrong with a data set's images."""

    kind: Literal["check"] = "check"


class RevisionRequest(_Request):
    """Make a later version of a data set."""

    kind: Literal["revision"] = "revision"
    version: int
    parent: str
    parent_digest: str  # what the changes were meant for
    changes: Changes


class ExportRequest(_Request):
    """Write a data set as a zip of folders, into the job's folder."""

    kind: Literal["export"] = "export"
    digest: str  # of the data set as it was when it was asked for


RequestKind = Literal["prepare", "reading", "import", "check", "revision", "export"]
Request = PrepareRequest | ReadRequest | ImportRequest | CheckRequest | RevisionRequest | ExportRequest
requests_adapter: TypeAdapter[Request] = TypeAdapter(Annotated[Request, Field(discriminator="kind")])
