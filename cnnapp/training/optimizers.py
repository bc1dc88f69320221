"""From a recipe's optimiser to Keras' one."""

from typing import Any

from cnnapp.recipes import OPTIMIZERS, Recipe


def build_optimizer(recipe: Recipe, *, output_layer: str = "") -> Any:
    """Return the Keras optimiser that the recipe asks for; the loop sets its learning rate before every step.

    In float16 small gradients would vanish: there the loss is scaled, and a step whose gradients overflow is left out.

    Args:
        recipe: the optimiser and its settings.
        output_layer: the network's last layer with weights, which Muon leaves to Adam.
    """
    import keras

    plain = _build_plain(recipe, output_layer)
    if recipe.precision != "mixed_float16":
        return plain
    # With a name of its own: Keras' would number it, and a checkpoint knows its variables by their names.
    return keras.optimizers.LossScaleOptimizer(plain, name="loss_scale_optimizer")


def _build_plain(recipe: Recipe, output_layer: str) -> Any:
    import keras

    if recipe.optimizer == "muon":
        return _adapt_muon()(**recipe.optimizer_arguments, exclude_layers=[output_layer])
    return getattr(keras.optimizers, OPTIMIZERS[recipe.optimizer].keras_class)(**recipe.optimizer_arguments)


def _adapt_muon() -> Any:
    import keras
    from keras import ops

    class Muon(keras.optimizers.Muon):  # type: ignore[misc]
        """Muon for convolutions, too (Jordan et al. 2024): a kernel is a matrix of k·k·channels × filters.

        Keras' own takes matrices only and leaves convolutions to Adam.
        """

        def _should_use_adamw(self, variable: Any) -> bool:
            return len(variable.shape) not in (2, 4) or bool({*variable.path.split("/")} & {*self.exclude_layers})

        def zeropower_via_newtonschulz5(self, x: Any, steps: int) -> Any:
            matrix = ops.reshape(x, (-1, x.shape[-1]))
            return ops.reshape(super().zeropower_via_newtonschulz5(matrix, steps), x.shape)

        def lr_adjust(self, x: Any) -> Any:
            return ops.reshape(super().lr_adjust(ops.reshape(x, (-1, x.shape[-1]))), x.shape)

    return Muon
