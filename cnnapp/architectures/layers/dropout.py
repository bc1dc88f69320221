"""Layers that leave values out while a network learns."""

from typing import Any, ClassVar, Literal

from pydantic import Field

from cnnapp.architectures.layers.base import Family, Spec


class Dropout(Spec):
    """While training, sets a random `rate` of the values to zero (Srivastava et al. 2014)."""

    kind: Literal["dropout"] = "dropout"
    rate: float = Field(ge=0, lt=1)

    title: ClassVar[str] = "dropout"
    family: ClassVar[Family] = "dropout"
    keras_class: ClassVar[str] = "Dropout"
    first_argument: ClassVar[str] = "rate"
    passes_on: ClassVar[bool] = True

    @property
    def words(self) -> str:
        """The rate in percent."""
        return f"{100 * self.rate:.0f} %"

    def random_arguments(self, seed: int, /) -> dict[str, Any]:
        """Return the seed of what is left out."""
        return {"seed": seed}
