"""How image files become the images of a set: size, resize mode, colour."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from cnnapp.images import ResizeMode

Colour = Literal["auto", "colour", "grey"]
SMALLEST, LARGEST = 8, 1024


class ImageOptions(BaseModel):
    """How image files become the images of a data set."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    size: int | None = Field(None, ge=SMALLEST, le=LARGEST)  # height and width; None: by the images
    resize_mode: ResizeMode = "stretch"
    colour: Colour = "auto"  # auto: grey when all are grey
