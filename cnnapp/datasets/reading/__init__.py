"""What a folder, archive or file from outside holds, found out and told before anything is stored.

A `Form` is one habit of keeping images and labels (folders of classes, an `.npz`, idx files …), one row of
`sources/forms.py` and one file each. Reading walks the table: the first form that finds itself in the `Source` tells
a `Reading`, under the person's `Choices`. The import goes the very same way, so what was shown is what is stored.
"""

from cnnapp.datasets.reading.choices import Choices, Ink, Role
from cnnapp.datasets.reading.form import Form
from cnnapp.datasets.reading.result import (
    Alternative,
    Becomes,
    ClassCount,
    Example,
    Guess,
    LeftOut,
    Question,
    Reading,
    ReadPart,
    SkippedFiles,
)
from cnnapp.datasets.reading.source import Source, open_source

__all__ = [
    "Alternative",
    "Becomes",
    "Choices",
    "ClassCount",
    "Example",
    "Form",
    "Guess",
    "Ink",
    "LeftOut",
    "Question",
    "ReadPart",
    "Reading",
    "Role",
    "SkippedFiles",
    "Source",
    "open_source",
]
