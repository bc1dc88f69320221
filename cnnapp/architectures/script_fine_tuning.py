"""The part of a network's Keras script that takes weights over and trains in two phases."""

from collections.abc import Sequence
from textwrap import indent

from cnnapp.architectures.fine_tuning import find_first_learning
from cnnapp.architectures.layers import LayerSpec
from cnnapp.recipes import Constant, FineTuning, Plateau, Recipe


def start_script(tuning: FineTuning) -> str:
    """Return the lines that give `model` the weights of the network in START.keras."""
    names = "".join(f"    {name!r},\n" for name in tuning.taken).replace("'", '"')
    return f"""
# These layers begin with the weights of another network, the others with random ones.
start = keras.saving.load_model(sys.argv[2], compile=False)
for name in [
{names}]:
    model.get_layer(name).set_weights(start.get_layer(name).get_weights())
"""


def begin_phase_script(compiling: str) -> str:
    """Return a function around the lines that compile `model`, in which the learning rate is `rate`."""
    return f'''def begin_phase(first, rate):
    """Freeze the layers before `first`; with the compilation, the optimiser begins afresh."""
    names = [layer.name for layer in model.layers]
    for name, layer in zip(names, model.layers):
        layer.trainable = names.index(name) >= names.index(first)
{indent(compiling, "    ")}'''


def fit_phases_script(recipe: Recipe, layers: Sequence[LayerSpec], *, data: str, options: str) -> str:
    """Return the lines that train phase after phase.

    Args:
        recipe: with fine-tuning; of `callbacks`, `stopping` counts in the last phase only.
        layers: the network's.
        data: the first arguments of `model.fit`.
        options: its further ones, each with a comma behind it.
    """
    follows = not isinstance(recipe.schedule, Constant | Plateau)
    phases = [phase for phase in recipe.phases if phase.epochs]
    lines = []
    for phase in phases:
        first = find_first_learning(layers, recipe, phase.first)
        callbacks = [f"FollowSchedule({phase.learning_rate})"] if follows else []
        callbacks += ["*stopping"] if recipe.early_stopping and phase == phases[-1] else []
        steps = [f"STEPS = {phase.epochs} * STEPS_PER_EPOCH"] if follows else []
        last = phase.first + phase.epochs
        lines += [
            f'# To the end of epoch {last}, "{first}" and the layers after it learn.',
            f'begin_phase("{first}", {phase.learning_rate})',
            *steps,
            "model.fit(",
            f"    {data}",
            f"    initial_epoch={phase.first}, epochs={last}, {options}",
            f"    callbacks=[{', '.join(['*callbacks', *callbacks])}],",
            ")",
            "",
        ]
    return "\n".join(lines)
