from typing import Any

from cnnapp.recipes import Recipe


def build_optimizer(recipe: Recipe) -> Any:
    """Return the Keras optimiser that the recipe asks for; the loop sets its learning rate before every step."""
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
