"""A network and its recipe as a Keras script that a beginner can read and run without this app."""

from collections.abc import Sequence

from cnnapp.architectures.build import find_full_precision
from cnnapp.architectures.layers import ImageShape, LayerSpec
from cnnapp.architectures.script_fine_tuning import start_script
from cnnapp.architectures.script_training import training_script
from cnnapp.architectures.script_whitening import whitening_script
from cnnapp.architectures.trace import LayerRow, trace
from cnnapp.recipes import Recipe

_START = "START.keras is the network that it begins with; the app offers it beside this script.\n"


def script(
    layers: Sequence[LayerSpec], image_shape: ImageShape, recipe: Recipe, *, title: str = "A network", seed: int = 0
) -> str:
    """Return a Keras script that builds exactly this network and trains it as the recipe says.

    The script takes an `.npz` with x_train, y_train, x_test and y_test (pixels 0-255, labels from 0), holds out
    the recipe's share for validation, keeps the best epoch as `model.keras` and prints its test accuracy. Its
    random numbers are not the app's, so its results differ as two runs with different seeds do.

    Args:
        layers: the specs in order, ending in softmax or one sigmoid unit.
        image_shape: height, width, channels.
        recipe: optimiser, schedule, batch, epochs, validation share, early stopping, augmentation and fine-tuning.
        title: what the network is called, in one line.
        seed: of everything random in the script.

    Raises:
        CnnAppError: the layers do not fit together.
    """
    rows = trace(layers, image_shape)
    (units,) = rows[-1].output_shape
    sections = (
        _head(title, image_shape, seed, recipe),
        _data(units, recipe),
        _network(layers, rows, image_shape, mixed=_is_mixed(recipe)) + whitening_script(layers),
        *([start_script(recipe.fine_tuning)] if recipe.fine_tuning else []),
        training_script(recipe, layers, one_unit=units == 1),
    )
    return "\n".join(sections)


def _head(title: str, image_shape: ImageShape, seed: int, recipe: Recipe) -> str:
    title = " ".join(title.replace("\\", " ").replace('"', "'").split())
    imports = "import tensorflow as tf\n" if recipe.augmentation.active or recipe.deterministic else ""
    half = f'keras.config.set_dtype_policy("{recipe.precision}")  # the arithmetic; weights stay in float32\n'
    same = "tf.config.experimental.enable_op_determinism()  # the same result every time, on a GPU too\n"
    return f'''"""{title}, for images of {_size(image_shape)}.

Run it with:    python script.py DATA.npz{" START.keras" if recipe.fine_tuning else ""}

DATA.npz holds x_train, y_train, x_test and y_test: pixels from 0 to 255, labels counted from 0.
{_START if recipe.fine_tuning else ""}It needs Keras, TensorFlow and NumPy. The best network is left in model.keras.
"""

import sys

import keras
import numpy as np
{imports}from keras import layers

IMAGE_SHAPE = {image_shape}
SEED = {seed}
keras.utils.set_random_seed(SEED)
{same if recipe.deterministic else ""}{half if _is_mixed(recipe) else ""}'''


def _is_mixed(recipe: Recipe) -> bool:
    """Whether the script asks for mixed precision; what `auto` stands for depends on the machine it will run on."""
    return recipe.precision not in ("float32", "auto")


def _data(units: int, recipe: Recipe) -> str:
    target = "labels.reshape(-1, 1)" if units == 1 else f"keras.utils.to_categorical(labels, {units})"
    lines = [
        "",
        "# The data. Pixels stay 0-255: the network's first layer brings them to 0-1.",
        "def prepare(images, labels):",
        f"    return images.reshape(len(images), *IMAGE_SHAPE), {target}",
        "",
        "",
        "data = np.load(sys.argv[1])",
        'x_train, y_train = prepare(data["x_train"], data["y_train"])',
        'x_test, y_test = prepare(data["x_test"], data["y_test"])',
    ]
    if recipe.validation_share:
        lines += [
            "",
            f"# {recipe.validation_share:.0%} of the training images are held out for validation.",
            "rows = np.random.default_rng(SEED).permutation(len(x_train))",
            f"held_out, rows = np.split(rows, [round(len(rows) * {recipe.validation_share})])",
            "x_val, y_val = x_train[held_out], y_train[held_out]",
            "x_train, y_train = x_train[rows], y_train[rows]",
        ]
    return "\n".join(lines) + "\n"


def _network(layers: Sequence[LayerSpec], rows: Sequence[LayerRow], image_shape: ImageShape, *, mixed: bool) -> str:
    texts = [
        _call(spec, float32=mixed and exact) for spec, exact in zip(layers, find_full_precision(layers), strict=True)
    ]
    calls = ["keras.Input(IMAGE_SHAPE),"] + [f"layers.{text}," for text in texts]
    shapes = [_size(image_shape)] + [_size(row.output_shape) for row in rows]
    width = max(map(len, calls))
    return "\n".join(
        (
            "# The network; behind each layer, the shape of what comes out of it.",
            "model = keras.Sequential(",
            "    [",
            *(f"        {call:{width}}  # {shape}" for call, shape in zip(calls, shapes, strict=True)),
            "    ]",
            ")",
            "model.summary()",
            "",
        )
    )


def _call(spec: LayerSpec, *, float32: bool) -> str:
    class_name, arguments = spec.keras_layer()
    usual = set(spec.keras_defaults) - spec.model_dump(exclude_defaults=True).keys()
    shown = [key for key in arguments if key not in {"name", *usual}]
    texts = [("" if key == spec.first_argument else f"{key}=") + spec.script_value(key) for key in shown]
    if float32:
        texts.append("dtype='float32'")
    return f"{class_name}({', '.join([*texts, f'name={spec.name!r}'])})".replace("'", '"')


def _size(shape: tuple[int, ...]) -> str:
    return "×".join(map(str, shape))
