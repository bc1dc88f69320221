"""The optimiser in a network's Keras script."""

from cnnapp.recipes import MUON_ADAM_SHARE, Recipe

_CLASSES = {
    "sgd": "keras.optimizers.SGD",
    "adam": "keras.optimizers.Adam",
    "adamw": "keras.optimizers.AdamW",
    "rmsprop": "keras.optimizers.RMSprop",
    "lion": "keras.optimizers.Lion",
    "adagrad": "keras.optimizers.Adagrad",
    "muon": "Muon",
}
_LONGEST = 95  # characters, behind eight of indentation and the argument's name
_WITH_MOMENTUM, _WITH_NESTEROV = ("sgd", "rmsprop", "muon"), ("sgd", "muon")
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
    arguments: dict[str, object] = {"learning_rate": "rate" if recipe.fine_tuning else recipe.learning_rate}
    if recipe.weight_decay:
        arguments["weight_decay"] = recipe.weight_decay
    if recipe.clip_norm:
        arguments["global_clipnorm"] = recipe.clip_norm
    if recipe.optimizer in _WITH_MOMENTUM and (recipe.momentum or recipe.optimizer == "muon"):
        arguments["momentum"] = recipe.momentum
    if recipe.optimizer in _WITH_NESTEROV and (recipe.nesterov or recipe.optimizer == "muon"):
        arguments["nesterov"] = recipe.nesterov
    if recipe.optimizer == "muon":
        arguments |= {"weight_decay": recipe.weight_decay or None, "adam_weight_decay": None}
        arguments |= {"adam_lr_ratio": MUON_ADAM_SHARE, "exclude_layers": "[OUTPUT_LAYER]"}
    given = [f"{key}={value}" for key, value in arguments.items()]
    one_line = f"{_CLASSES[recipe.optimizer]}({', '.join(given)})"
    if len(one_line) <= _LONGEST:
        return one_line
    lines = "\n".join(f"        {argument}," for argument in given)
    return f"{_CLASSES[recipe.optimizer]}(\n{lines}\n    )"
