"""What every layer kind says of itself: the columns of the table in `layers`."""

from typing import Annotated, Any, ClassVar, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from cnnapp.errors import CnnAppError

Side = Annotated[int, Field(ge=1, le=64)]  # of a kernel, a pooling window or a stride, in pixels
ImageShape = tuple[int, int, int]  # height, width, channels
Pair = tuple[int, int]  # by height and by width

# Kinds of one family have one colour and one symbol (figures/style.py).
Family = Literal["scaling", "convolution", "pooling", "normalization", "dropout", "reshaping", "dense", "activation"]


class InputTooSmallError(CnnAppError):
    """A kernel or window is larger than the map that reaches it."""

    def __init__(self, layer: str, window: int, height: int, width: int) -> None:
        self.layer, self.window = layer, window
        self.received = f"{height}×{width}"
        super().__init__(
            f"{layer} needs maps of at least {window}×{window} pixels but receives {self.received}: use larger "
            "images, fewer layers before it or 'same' padding."
        )


class Weights(NamedTuple):
    """One array of a layer."""

    shape: tuple[int, ...]
    trainable: bool = True


class Window(NamedTuple):
    """The part of its input that one value of a layer sees, and how far the next value's is away."""

    size: Pair = (1, 1)
    strides: Pair = (1, 1)


class Spec(BaseModel):
    """Base of all kinds: immutable, unknown settings refused; `name` is also the Keras layer's name.

    A kind adds `kind: Literal["its_key"] = "its_key"`, its settings under Keras' names, and overrides what differs.
    Shapes are (height, width, channels) of maps or (units,) of a vector, without the batch.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    name: str = Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")

    title: ClassVar[str]  # in words
    family: ClassVar[Family]
    keras_class: ClassVar[str]  # in keras.layers
    keras_defaults: ClassVar[tuple[str, ...]] = ()  # settings with Keras' own default, which scripts leave out
    first_argument: ClassVar[str] = ""  # the setting that scripts write first and without its name
    has_weights: ClassVar[bool] = False
    has_kernel: ClassVar[bool] = False  # weights that find patterns, to be looked at; the last such layer is the output
    has_moving_averages: ClassVar[bool] = False  # in evaluation it uses statistics gathered while training
    full_precision: ClassVar[bool] = False  # float32 whatever the network's precision
    passes_on: ClassVar[bool] = False  # its output shows nothing that its input does not

    @property
    def words(self) -> str:
        """The settings, to be read after the title: "5×5 'same' with ReLU"; "" where there is nothing to say."""
        return ""

    @property
    def window(self) -> Window | None:
        """What one value sees of the input; None: all of it."""
        return Window()

    def output_shape(self, shape: tuple[int, ...], /) -> tuple[int, ...]:
        """Return the shape that an input of `shape` becomes.

        Raises:
            CnnAppError: it takes no such input; as `InputTooSmallError` where the maps are smaller than its window.
        """
        return shape

    def weights(self, _shape: tuple[int, ...], /) -> tuple[Weights, ...]:
        """Return its arrays, for an input of a `shape` that it takes."""
        return ()

    def multiply_adds(self, _shape: tuple[int, ...], /) -> int:
        """Return how many an image costs; 0 where they are few beside those of convolutions and dense layers."""
        return 0

    def limit(self, largest: float, /) -> float:
        """Return how large its output may be for inputs up to `largest`; without weights only."""
        return largest

    def keras_layer(self) -> tuple[str, dict[str, Any]]:
        """Return the class in `keras.layers` and its arguments, `name` included, as JSON values."""
        return self.keras_class, self.model_dump(exclude={"kind"})

    def random_arguments(self, _seed: int, /) -> dict[str, Any]:
        """Return the Keras arguments that draw at random: first weights, dropout. Needs Keras where there are any."""
        return {}

    def script_value(self, setting: str) -> str:
        """Return a setting of `keras_layer` as a script writes it."""
        return repr(self.keras_layer()[1][setting])

    def require_maps(self, shape: tuple[int, ...]) -> ImageShape:
        """Return `shape` if it is one of maps; raises CnnAppError for a vector's."""
        if len(shape) != 3:
            raise CnnAppError(
                f"{self.name} ({self.title}) needs maps of height × width × channels but receives a vector of "
                f"{shape[0]:,} values: move it before the flatten layer."
            )
        return shape
