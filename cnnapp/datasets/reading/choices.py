"""What a person decides about an import; what is left open is guessed, and told."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from cnnapp.datasets.group_rule import GroupRule, read_group_rule
from cnnapp.datasets.image_options import ImageOptions

Role = Literal["train", "validation", "test", "unlabelled", "left out"]
Ink = Literal["auto", "on", "off"]


class Choices(BaseModel):
    """Decisions about one source; what stands at its default is guessed. The same choices give the same data set."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    form: str = ""  # a name in `sources.forms.FORMS`; "": the first form that fits
    alternative: str = ""  # the value of one of a question's alternatives
    roles: dict[str, Role] = {}  # folder, as `ReadPart.folders` and `LeftOut.folder` write it -> what it is
    encoding: str = ""  # of names in an archive, by Python's name; "": guessed
    ink: Ink = "auto"
    pixel_range: tuple[float, float] | None = None  # values that become 0 and 255; None: found over the set
    array_set: str = ""  # which of several sets in one source, as `Alternative.value` writes it
    label_file: str = ""  # the table of labels, as its path inside the source
    file_column: str = ""
    label_column: str = ""
    test_from: Literal["training", "validation"] = "training"  # what gives a test part to a source without one
    group: str = ""  # images that stay in one part, as `read_group_rule` reads it; "": as for "auto"
    images: ImageOptions = ImageOptions()

    @property
    def group_rule(self) -> GroupRule:
        """By what images are told to belong together; raises CnnAppError when `group` is no rule."""
        return read_group_rule(self.group or "auto")

    @property
    def wants_ink(self) -> bool | None:
        """Whether these are pen-and-ink images; None: guess by their pixels."""
        return None if self.ink == "auto" else self.ink == "on"
