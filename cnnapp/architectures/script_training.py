"""The part of a network's Keras script that trains: optimiser, loss, schedule, callbacks."""

from collections.abc import Sequence

from cnnapp.architectures.layers import LayerSpec
from cnnapp.architectures.script_augmentation import augmentation_script
from cnnapp.architectures.script_fine_tuning import begin_phase_script, fit_phases_script
from cnnapp.architectures.script_optimizer import optimizer_call, optimizer_class
from cnnapp.recipes import Constant, Cosine, Exponential, OneCycle, Plateau, Recipe, Schedule, Steps

_GIVEN_RATE = """
    def __init__(self, rate):
        super().__init__()
        self.rate = rate
"""
_WEIGHTED = "class_weight=dict(enumerate(WEIGHTS)), "


def training_script(recipe: Recipe, layers: Sequence[LayerSpec], *, one_unit: bool) -> str:
    """Return the lines that train `model` on x_train and y_train as the recipe says, then test it.

    Args:
        recipe: how to train; with a validation share, the lines use x_val and y_val too.
        layers: the network's, of which some may be frozen.
        one_unit: the network ends in one sigmoid unit instead of softmax.
    """
    compiling = _compile(recipe, one_unit=one_unit)
    if recipe.fine_tuning:
        compiling = f"\n{begin_phase_script(compiling)}\n"
    compiling = optimizer_class(recipe) + compiling
    return "\n".join((compiling, _callbacks(recipe), _fit(recipe, layers, one_unit=one_unit)))


def _compile(recipe: Recipe, *, one_unit: bool) -> str:
    loss = "BinaryCrossentropy" if one_unit else "CategoricalCrossentropy"
    smoothing = f"label_smoothing={recipe.label_smoothing}" if recipe.label_smoothing else ""
    optimizer = optimizer_call(recipe)
    if recipe.precision == "mixed_float16":  # Keras adds it by itself, but then cannot load what it has saved elsewhere
        optimizer = f"keras.optimizers.LossScaleOptimizer({optimizer})"
    jit = "    jit_compile=True,\n" if recipe.jit_compile else ""
    return f"""model.compile(
    optimizer={optimizer},
    loss=keras.losses.{loss}({smoothing}),
    metrics=["accuracy"],
{jit})
"""


def _callbacks(recipe: Recipe) -> str:
    best = 'monitor="val_accuracy", save_best_only=True' if recipe.validation_share else "save_best_only=False"
    lines = ["callbacks = [", f'    keras.callbacks.ModelCheckpoint("model.keras", {best}),']
    stopping = ""
    if rule := recipe.early_stopping:
        stopping = f'    keras.callbacks.EarlyStopping(monitor="{rule.monitor}", patience={rule.patience}),'
    if stopping and not recipe.fine_tuning:
        lines.append(stopping)
    if isinstance(recipe.schedule, Plateau):
        lines.append(_plateau(recipe.schedule))
    elif not isinstance(recipe.schedule, Constant):
        lines = [_schedule(recipe), *lines, *([] if recipe.fine_tuning else ["    FollowSchedule(),"])]
    if stopping and recipe.fine_tuning:
        lines += ["]", "stopping = [", stopping]
    return "\n".join([*lines, "]", ""])


def _plateau(rule: Plateau) -> str:
    watched = f'monitor="{rule.monitor}", patience={rule.patience}, min_delta=0'
    return f"""    keras.callbacks.ReduceLROnPlateau(
        {watched}, factor={rule.multiplier}, min_lr={rule.min_rate}
    ),"""


def _schedule(recipe: Recipe) -> str:
    rate = "self.rate" if recipe.fine_tuning else f"{recipe.learning_rate}"
    given = _GIVEN_RATE if recipe.fine_tuning else ""
    return f'''STEPS_PER_EPOCH = -(-len(x_train) // {recipe.batch_size})
STEPS = {recipe.epochs} * STEPS_PER_EPOCH


def factor(step):
    """What the learning rate is multiplied with at this step."""
{_factor(recipe.schedule)}


class FollowSchedule(keras.callbacks.Callback):
    step = 0
{given}
    def on_train_batch_begin(self, batch, logs=None):
        self.model.optimizer.learning_rate = {rate} * factor(self.step)
        self.step += 1

'''


def _factor(schedule: Schedule) -> str:
    match schedule:
        case Constant() | Plateau():
            lines = ["return 1.0"]
        case Steps():
            done = "step // STEPS_PER_EPOCH"
            lines = [f"return {schedule.multiplier} ** sum({done} >= epoch for epoch in {schedule.after_epochs})"]
        case Exponential():
            lines = [f"return {schedule.decay} ** (step / STEPS_PER_EPOCH)"]
        case Cosine():
            lines = [
                f"warm = {schedule.warmup} * STEPS",
                "if step < warm:",
                "    return (step + 1) / (warm + 1)",
                "return 0.5 * (1 + np.cos(np.pi * min(1, (step - warm) / max(1, STEPS - warm))))",
            ]
        case OneCycle():
            peak = schedule.peak
            lines = [
                "position = (step + 1) / STEPS",
                f"rise, fall = position / {peak}, (1 - position) / (1 - {peak}) + 1e-4",
                f"return max(0.0, rise if position < {peak} else fall)",
            ]
    return "\n".join(f"    {line}" for line in lines)


def _class_weights(*, one_unit: bool) -> str:
    labels = "y_train[:, 0]" if one_unit else "y_train.argmax(axis=1)"
    minimum = 2 if one_unit else "y_train.shape[1]"
    return f"""# Every class counts the same, however many images it has.
COUNTS = np.bincount({labels}.astype(int), minlength={minimum})
WEIGHTS = np.where(COUNTS > 0, len(y_train) / (np.count_nonzero(COUNTS) * np.maximum(COUNTS, 1)), 0)
"""


def _weigh_mixed(*, one_unit: bool) -> str:
    share = "labels[:, 0] * WEIGHTS[1] + (1 - labels[:, 0]) * WEIGHTS[0]"
    weight = share if one_unit else "tf.linalg.matvec(labels, tf.constant(WEIGHTS, tf.float32))"
    return f"""# A mixed image counts as its two labels do together.
train = train.map(lambda images, labels: (images, labels, {weight}))
"""


def _fit(recipe: Recipe, layers: Sequence[LayerSpec], *, one_unit: bool) -> str:
    images, weights = "x_train, y_train, ", ""
    validation = "validation_data=(x_val, y_val), " if recipe.validation_share else ""
    batch = f"batch_size={recipe.batch_size}, "
    lines = []
    if recipe.class_weights == "balanced":
        lines, weights = [_class_weights(one_unit=one_unit)], "" if recipe.augmentation.mixup else _WEIGHTED
    if recipe.augmentation.active:
        lines += [augmentation_script(recipe.augmentation, recipe.batch_size, one_unit=one_unit)]
        images, batch = "train, ", ""
    if recipe.class_weights == "balanced" and recipe.augmentation.mixup:
        lines += [_weigh_mixed(one_unit=one_unit)]
    if recipe.fine_tuning:
        fit = fit_phases_script(
            recipe, layers, data=f"{images}{batch}".rstrip(), options=f"{validation}{weights}".rstrip()
        )
    else:
        fit = f"model.fit({images}{batch}epochs={recipe.epochs}, {validation}{weights}callbacks=callbacks)\n"
    return "\n".join(
        (
            *lines,
            fit,
            'best = keras.saving.load_model("model.keras")',
            'print(f"test accuracy: {best.evaluate(x_test, y_test, verbose=0)[1]:.2%}")',
            "",
        )
    )
