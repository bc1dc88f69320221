"""The optimiser in a network's Keras script."""

from cnnapp.recipes import OPTIMIZERS, Recipe

_LONGEST = 95  # characters, behind eight of indentation and the argument's name
_MUON = '''
class Muon(keras.optimizers.Muon):
    """Keras' Muon takes matrices only; here the kernel of a convolution is one of k*k*channels x filters."""

    def _should_use_adamw(self, variable):
        return len(variable.shape) not in (2, 4) or bool({*variable.path.split("/")} & {*self.exclude_layers})

    def zeropower_via_newtonschulz5(self, x, steps):
        matrix = keras.ops.reshape(x, (-1, x.shape[-1]))
        return keras.ops.reshape(super().zeropower_via_newtonschulz5(matrix, steps), x.shape)

    def lr_adjust(self, x):
        return keras.ops.reshape(super().lr_adjust(keras.ops.reshape(x, (-1, x.shape[-1]))), x.shape)


# Muon leaves it to Adam, as it does biases and norms.
OUTPUT_LAYER = next(layer.name for layer in reversed(model.layers) if layer.weights)
'''


def optimizer_class(recipe: Recipe) -> str:
    """Return the lines that define the optimiser, "" for those that Keras has."""
    return _MUON if recipe.optimizer == "muon" else ""


def optimizer_call(recipe: Recipe) -> str:
    """Return the expression that makes the optimiser; its learning rate is `rate` where there are two phases."""
    arguments = {name: repr(value) for name, value in recipe.optimizer_arguments.items()}
    if recipe.fine_tuning:
        arguments["learning_rate"] = "rate"
    optimizer = f"keras.optimizers.{OPTIMIZERS[recipe.optimizer].keras_class}"
    if recipe.optimizer == "muon":
        optimizer = "Muon"
        arguments["exclude_layers"] = "[OUTPUT_LAYER]"
    given = [f"{name}={value}" for name, value in arguments.items()]
    one_line = f"{optimizer}({', '.join(given)})"
    if len(one_line) <= _LONGEST:
        return one_line
    lines = "\n".join(f"        {argument}," for argument in given)
    return f"{optimizer}(\n{lines}\n    )"
