"""What comes through the layers: gradients on their way back, activations on their way forth."""

from statistics import median

from cnnapp.architectures import LayerSpec
from cnnapp.doctor.case import Case
from cnnapp.doctor.diagnosis import Diagnosis, Fix

VANISHED = 1e-3  # of the last kernel's gradient: a sigmoid passes on a quarter at most, so this is five or more of them
EXPLODED = 100.0  # global norm; at the usual rates networks of this size learn with 0.1 to 30
EXPLODED_TIMES = 10.0  # times the run's own median, so that one that was always large is not called an explosion
DEAD = 0.9  # of a layer's units; in healthy networks up to four fifths of a dense layer rest
ALL_DEAD = 0.99


def dead_units(case: Case) -> Diagnosis | None:
    """Units of a ReLU layer that are zero for every image: no gradient passes them, so they stay zero."""
    dead = case.dead_units
    worst = max(dead, key=lambda name: dead[name], default="")
    if not worst or dead[worst] < DEAD:
        return None
    more = sum(share >= DEAD for share in dead.values()) - 1
    others = f", and so do {more} more layers" if more > 1 else ", and so does one more layer" if more else ""
    return Diagnosis(
        "Dead ReLUs",
        "Units that give zero for every image get no gradient and never wake up; smaller steps keep them alive.",
        f"In the layer {worst} {dead[worst]:.0%} of the units are zero for every validation image{others}.",
        "serious" if dead[worst] >= ALL_DEAD else "check",
        case.with_smaller_rate(),
    )


def vanishing_gradients(case: Case) -> Diagnosis | None:
    """Hardly anything of the error reaches the first layer."""
    rows = case.signals[-2:]
    if len(rows) < 2:
        return None
    ratios = [row.first_gradient / row.last_gradient for row in rows if row.first_gradient and row.last_gradient]
    if len(ratios) < 2 or max(ratios) > VANISHED:
        return None
    first = "first layer that learns" if case.recipe.fine_tuning else "first layer"
    return Diagnosis(
        "Vanishing gradients",
        "What the last layer learns from a mistake is lost on the way to the first; ReLU or batch normalisation let "
        "it through.",
        f"The mean gradient of the {first} is {rows[-1].first_gradient:.1e}, that of the last layer "
        f"{rows[-1].last_gradient:.1e}: {1 / ratios[-1]:,.0f} times as much.",
        "serious" if case.guesses else "check",
        _relu(case),
    )


def _relu(case: Case) -> Fix | None:
    """Replace what squashes between the layers; the answer's own function stays."""
    *hidden, answer = case.config.layers
    squashing = {getattr(layer, "activation", "") for layer in hidden} & {"sigmoid", "tanh"}
    if not squashing or case.recipe.fine_tuning:  # what was taken over has learned with its own functions
        return None

    def change(layer: LayerSpec) -> LayerSpec:
        squashes = layer is not answer and getattr(layer, "activation", "") in squashing
        return layer.model_copy(update={"activation": "relu"}) if squashes else layer

    return case.with_layers(f"Run again with ReLU instead of {' and '.join(sorted(squashing))}", change)


def exploding_gradients(case: Case) -> Diagnosis | None:
    """The error grows on its way back until steps are thrown anywhere."""
    norms = [row.gradient_norm for row in case.dispatches]
    finite = [norm for norm in norms if norm is not None]
    if not norms:
        return None
    usual, largest = median(finite) if finite else 0.0, max(finite, default=0.0)
    if len(finite) == len(norms) and largest < max(EXPLODED, EXPLODED_TIMES * usual):
        return None
    reached = f"{largest:,.0f}" if len(finite) == len(norms) else "infinity"
    clipped = case.with_recipe("Run again with gradients clipped at norm 1", clip_norm=1.0)
    return Diagnosis(
        "Exploding gradients",
        "Gradients grow from layer to layer until a step throws the weights anywhere; clipping cuts them to a length.",
        f"The norm of the gradient reached {reached}; half of the time it was below {usual:.3g}.",
        "serious" if case.not_finite or (case.epochs and case.guesses) else "check",
        None if case.recipe.clip_norm else clipped,
    )
