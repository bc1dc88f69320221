"""A row of the catalog: a network that adapts to any images and classes, with its history and its recipe."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import NamedTuple

from cnnapp.architectures.layers import ImageShape, InputTooSmallError, LayerSpec
from cnnapp.architectures.trace import LayerRow, totals, trace
from cnnapp.errors import CnnAppError
from cnnapp.recipes import Recipe

MAX_PARAMETERS = 1_000_000_000  # 4 GB of weights, 16 GB while Adam trains them


def require_buildable(layers: Sequence[LayerSpec], image_shape: ImageShape) -> list[LayerRow]:
    """Return the network's rows; raises CnnAppError when it cannot be built or has over `MAX_PARAMETERS`."""
    rows = trace(layers, image_shape)
    if (parameters := totals(rows).parameters) > MAX_PARAMETERS:
        raise CnnAppError(
            f"For images of {image_shape[0]}×{image_shape[1]} pixels this network would have "
            f"{parameters / 1e9:.1f} billion parameters, more than the {MAX_PARAMETERS / 1e9:.0f} billion that "
            "this app builds: choose smaller images or a network with more pooling."
        )
    return rows


class Option(NamedTuple):
    """A size of a network that whoever trains it may choose."""

    name: str  # of the design's argument
    title: str
    choices: tuple[int, ...]
    default: int
    about: str  # one line


@dataclass(frozen=True)
class Architecture:
    """A network as its tutorial or paper describes it."""

    key: str  # the user's word for it; never changes
    title: str
    summary: str  # one line
    story: str  # what its tutorial or paper says, and where this differs
    source: str
    known_result: str  # with the images it was measured on
    recipe: Recipe  # as published; ours where nothing is
    input_note: str  # which images it is meant for and what larger ones cost
    design: Callable[..., tuple[LayerSpec, ...]] = field(repr=False)  # image shape, classes, each option by its name
    options: tuple[Option, ...] = ()

    def layers(
        self, image_shape: ImageShape, classes: int, options: Mapping[str, int] | None = None
    ) -> tuple[LayerSpec, ...]:
        """Return the network for these images and classes.

        Args:
            image_shape: height, width, channels.
            classes: how many; the last layer is softmax over them, or one sigmoid unit for two where the
                tutorial does so.
            options: of `self.options`; those left out have their default.

        Raises:
            CnnAppError: fewer than two classes, images of unknown size or too small, or images so large that
                the network would have more than `MAX_PARAMETERS`; an option that there is not.
        """
        if classes < 2:
            raise CnnAppError(f"A network needs two classes or more to tell apart, but there is {classes}: add one.")
        if min(image_shape) < 1:
            raise CnnAppError("The size of these images is not known: prepare the data set again or choose another.")
        chosen = self.complete(options or {})
        layers = self.design(image_shape, classes, **chosen)
        try:
            require_buildable(layers, image_shape)
        except InputTooSmallError as error:
            raise CnnAppError(self._too_small(image_shape, error, chosen)) from None
        return layers

    def complete(self, options: Mapping[str, int]) -> dict[str, int]:
        """Return all options' values; raises CnnAppError when one is unknown or not among its choices."""
        known = {option.name: option for option in self.options}
        for name, value in options.items():
            if name not in known:
                raise CnnAppError(f"{self.title} has no option {name!r}: it has {', '.join(known) or 'none'}.")
            if value not in known[name].choices:
                choices = ", ".join(map(str, known[name].choices))
                raise CnnAppError(f"{known[name].title} must be one of {choices}, but is {value!r}.")
        return {name: options.get(name, option.default) for name, option in known.items()}

    def _too_small(self, image_shape: ImageShape, error: InputTooSmallError, options: Mapping[str, int]) -> str:
        height, width, channels = image_shape
        least = next(side for side in count(1) if self._fits((side, side, channels), options))
        return (
            f"{self.title} needs images of at least {least}×{least} pixels, but of {height}×{width} only "
            f"{error.received} are left when {error.layer} wants {error.window}×{error.window}: choose the data set "
            "in a larger size, or a smaller network such as dense."
        )

    def _fits(self, image_shape: ImageShape, options: Mapping[str, int]) -> bool:
        try:
            trace(self.design(image_shape, 2, **options), image_shape)
        except InputTooSmallError:
            return False
        return True
