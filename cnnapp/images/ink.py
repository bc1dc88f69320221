from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class InkRule(BaseModel):
    """How the ink images of a data set look, so that a drawing can be made to look the same.

    Lengths are shares of the image's height and width, so that one rule serves every size of a set.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    light_on_dark: bool = True  # light ink on a dark ground
    box: float = Field(0.8, gt=0, le=1)  # the ink's bounding box is scaled, in proportion, to fill this box
    centring: Literal["box", "mass"] = "box"  # what lies in the middle: the bounding box or the centre of mass
    stroke: float | None = Field(None, gt=0, le=0.5)  # width of the strokes; None: as drawn
    grain: int | None = Field(None, ge=4)  # the set was reduced to grain×grain averages and enlarged; None: it was not

    @classmethod
    def for_digits(cls) -> "InkRule":
        """scikit-learn's digits: 32×32 bitmaps reduced to 8×8 block counts; the ink reaches top and bottom."""
        return cls(box=1.0, centring="box", stroke=0.2, grain=8)

    @classmethod
    def for_mnist(cls) -> "InkRule":
        """MNIST: fitted into 20×20 of 28×28, centred by mass (LeCun, Cortes and Burges)."""
        return cls(box=20 / 28, centring="mass", stroke=0.1)
