"""`config.json`: the whole experiment."""

from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from cnnapp.architectures import ImageShape, LayerSpec
from cnnapp.errors import CnnAppError
from cnnapp.recipes import Recipe, explain


class RunConfig(BaseModel):
    """The whole experiment: the same configuration on the same machine gives the same network."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    dataset: str
    image_shape: ImageShape
    class_names: tuple[str, ...] = Field(min_length=2)
    architecture: str  # the catalog's key; `layers` is what is built
    options: dict[str, int] = {}  # of the architecture, as they were chosen
    layers: tuple[LayerSpec, ...] = Field(min_length=1)
    recipe: Recipe
    seed: int = Field(0, ge=0, lt=2**31)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a configuration.

        Raises:
            CnnAppError: the file is missing, damaged or of another version of the app.
        """
        try:
            return cls.model_validate_json(path.read_bytes())
        except OSError:
            raise CnnAppError(f"{path.parent.name} has no readable config.json: it is damaged. Delete it.") from None
        except ValidationError as error:
            raise CnnAppError(f"config.json of {path.parent.name} is damaged: {explain(error)}") from None
