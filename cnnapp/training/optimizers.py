from typing import Any

from cnnapp.recipes import Recipe


def build_optimizer(recipe: Recipe) -> Any:
    """Return the Keras optimiser that the recipe asks for; the loop sets its learning rate before every step.

    In float16 small gradients would vanish: there the loss is scaled, and a step whose gradients overflow is left out.
    """
    import keras

    plain = _build_plain(recipe)
    return keras.optimizers.LossScaleOptimizer(plain) if recipe.precision == "mixed_float16" else plain


def _build_plain(recipe: Recipe) -> Any:
    import keras

    common: dict[str, Any] = {"learning_rate": recipe.learning_rate}
    if recipe.weight_decay:
        common["weight_decay"] = recipe.weight_decay
    if recipe.clip_norm:
        common["global_clipnorm"] = recipe.clip_norm
    name = recipe.optimizer
    if name == "sgd":
        return keras.optimizers.SGD(**common, momentum=recipe.momentum, nesterov=recipe.nesterov)
    if name == "rmsprop":
        return keras.optimizers.RMSprop(**common, momentum=recipe.momentum)
    classes = {
        "adam": keras.optimizers.Adam,
        "adamw": keras.optimizers.AdamW,
        "lion": keras.optimizers.Lion,
        "adagrad": keras.optimizers.Adagrad,
    }
    return classes[name](**common)
