"""What is wrong before the first step: the layers, the batch, the machine."""

import math

from cnnapp.architectures.layers import LayerSpec, Rescaling
from cnnapp.doctor.case import Case
from cnnapp.doctor.diagnosis import Diagnosis, Fix

LARGEST_INPUT = 16.0  # Glorot's first weights are made for inputs of about 1; pixels of 0-255 are far beyond
FLOOR_REACH = 0.1  # how far above its floor a loss that comes to rest may lie
FEW_STEPS = 5  # per epoch
LEARNED = 0.9  # accuracy from which few steps were enough
STEPS_WANTED = 20  # per epoch, in the fix
WAITING = 0.3  # of the training time: below it, faster reading would win little


def unscaled_input(case: Case) -> Diagnosis | None:
    """Pixels reach the first weights as 0-255."""
    largest = 255.0
    for layer in case.config.layers:
        if layer.has_kernel:
            break
        largest = layer.limit(largest)
    if largest <= LARGEST_INPUT:
        return None
    return Diagnosis(
        "Unscaled input",
        "Weights begin small, made for inputs near 1; pixels that are not scaled drown them, and learning is rough or "
        "fails.",
        f"Pixel values reach the first weights with up to {largest:.0f}." + _beginning(case),
        "serious",
        _scaled(case, 1 / largest),
    )


def _beginning(case: Case) -> str:
    if not case.epochs:
        return ""
    return f" The first epoch's loss was {case.epochs[0].loss:.3g}; guessing alone gives {case.guess_loss:.2f}."


def _scaled(case: Case, scale: float) -> Fix:
    taken = {layer.name for layer in case.config.layers}
    name = next(name for name in ("rescaling", "rescaling_first", "rescaling_input") if name not in taken)
    layers = (Rescaling(name=name, scale=scale), *case.config.layers)
    return Fix("Run again with pixels scaled to 0-1", case.config.model_copy(update={"layers": layers}))


def softmax_twice(case: Case) -> Diagnosis | None:
    """A softmax of probabilities cannot be sure: even all right answers leave a loss."""
    squashing = [layer for layer in case.config.layers if _is_softmax(layer)]
    floor = math.log(math.e + case.classes - 1) - 1
    if len(squashing) < 2 and not _rests_on(case, floor):
        return None
    newest = f" It is {case.epochs[-1].loss:.3f} with {case.accuracy:.0%} right." if case.epochs else ""
    return Diagnosis(
        "Softmax applied twice",
        "The second softmax takes probabilities for scores, so the network can never be sure and learns slowly: one "
        "is enough.",
        f"With two softmaxes over {case.classes} classes the loss cannot fall below ln(e + {case.classes - 1}) - 1 = "
        f"{floor:.3f}.{newest}",
        "serious",
        _one_softmax(case) if len(squashing) > 1 else None,
    )


def _rests_on(case: Case, floor: float) -> bool:
    """Whether nearly all answers are right and the loss still lies on the floor, which no single softmax would do."""
    if not case.epochs or case.classes < 3 or case.recipe.label_smoothing:  # two classes: the floor is a usual loss
        return False
    last = case.epochs[-1]
    return last.accuracy >= LEARNED and floor <= last.loss <= floor * (1 + FLOOR_REACH)


def _one_softmax(case: Case) -> Fix:
    *before, last = case.config.layers
    layers = (*map(_linear, before), last)
    return Fix("Run again with one softmax", case.config.model_copy(update={"layers": layers}))


def _linear(layer: LayerSpec) -> LayerSpec:
    return layer.model_copy(update={"activation": "linear"}) if _is_softmax(layer) else layer


def _is_softmax(layer: LayerSpec) -> bool:
    return getattr(layer, "activation", "") == "softmax"


def batch_too_large(case: Case) -> Diagnosis | None:
    """Hardly any steps in an epoch."""
    plan = case.plan
    if plan is None or plan.steps_per_epoch > FEW_STEPS or len(case.epochs) < 2 or case.accuracy >= LEARNED:
        return None
    batch = max(1, 2 ** int(math.log2(max(1, plan.train / STEPS_WANTED))))
    if batch >= plan.batch_size:
        return None
    steps = f"{plan.steps_per_epoch} step{'s' if plan.steps_per_epoch > 1 else ''}"
    return Diagnosis(
        "Batch too large for the set",
        "The network learns once per batch; with large batches of few images it hardly gets to learn at all.",
        f"{plan.train:,} training images in batches of {plan.batch_size:,} are only {steps} per epoch; after "
        f"{len(case.epochs)} epochs {case.accuracy:.0%} are right.",
        "check",
        case.with_recipe(f"Run again with batches of {batch}", batch_size=batch),
    )


def waiting_for_images(case: Case) -> Diagnosis | None:
    """The device has nothing to do while images are read."""
    waiting = case.signals[-1].waiting if case.signals else None
    if waiting is None or waiting < WAITING:
        return None
    return Diagnosis(
        "Input-bound",
        "The network waits for its images: smaller images, or a faster disk, would train it faster.",
        f"{waiting:.0%} of the last epoch's training time went into waiting for images.",
        "note",
    )
