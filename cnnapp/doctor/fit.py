"""What the network makes of the images: too much, too little, or always the same."""

from cnnapp.doctor.case import SURE, Case
from cnnapp.doctor.diagnosis import Diagnosis, Fix
from cnnapp.recipes import AUGMENTATION_PRESETS, Augmentation

BY_HEART = 0.25  # of the way from guessing to all right, in training: nobody gets there by guessing
VAGUE = 0.05  # standard error of an accuracy: above it there are too few images to speak of guessing
GAP = 0.1  # of accuracy between training and validation: less is usual and costs little
STUCK_EPOCHS = 3
STUCK_LOSS = 0.97  # of the epoch before: training that has come to rest
STUCK_ACCURACY = 0.01  # won in the last epoch
GOOD = 0.85  # training accuracy from which nobody calls a network too small
ONE_ANSWER = 0.95  # of all answers


def overfitting(case: Case) -> Diagnosis | None:
    """Learned by heart: right on what it has seen, much less on what it has not."""
    last = case.epochs[-1] if case.epochs else None
    if last is None or last.val_accuracy is None or last.val_loss is None or not case.validation_counts:
        return None
    gap = last.accuracy - last.val_accuracy
    if gap < max(GAP, SURE * case.validation_error) or _validation_guesses(case):
        return None
    best = min(row.val_loss for row in case.epochs if row.val_loss is not None)
    risen = f" The validation loss has risen from {best:.3f} to {last.val_loss:.3f}." if last.val_loss > best else ""
    return Diagnosis(
        "Overfitting",
        "The network learns its training images by heart instead of what they have in common; more images, small "
        "changes of them, or stopping earlier help.",
        f"{last.accuracy:.1%} of the training images are right, but {last.val_accuracy:.1%} of the validation images."
        + risen,
        "check",
        _less_by_heart(case),
    )


def _validation_guesses(case: Case) -> bool:
    """Whether validation is surely near guessing: then the labels, not the network, are to blame."""
    error = case.validation_error
    return error < VAGUE and (case.epochs[-1].val_accuracy or 0.0) < case.chance + SURE * error


def _less_by_heart(case: Case) -> Fix | None:
    if not case.recipe.augmentation.active:
        changes = AUGMENTATION_PRESETS["digits"].model_dump()  # small shifts, turns and zoom: harmless for any images
        return case.with_recipe("Run again with small random changes of the images", augmentation=changes)
    if case.recipe.early_stopping is None and case.plan and case.plan.validation:
        return case.with_recipe("Run again with early stopping", early_stopping={"monitor": "val_loss", "patience": 5})
    return None


def memorised_labels(case: Case) -> Diagnosis | None:
    """Right on its training images, guessing on others: what it learned has nothing to do with what they show."""
    last = case.epochs[-1] if case.epochs else None
    if last is None or last.val_accuracy is None or not (case.validation_counts and _validation_guesses(case)):
        return None
    if last.accuracy < case.chance + BY_HEART * (1 - case.chance):
        return None
    return Diagnosis(
        "Shuffled labels",
        "The network learns its training images by heart and can say nothing about others: the labels do not seem to "
        "belong to the images.",
        f"{last.accuracy:.1%} of the training images are right, but {last.val_accuracy:.1%} of the validation images: "
        f"guessing gives {case.chance:.1%}.",
        "serious",
    )


def underfitting(case: Case) -> Diagnosis | None:
    """Training has come to rest far from its goal."""
    if len(case.epochs) < STUCK_EPOCHS or case.guesses or case.rate < case.rates.low:
        return None
    if case.recipe.fine_tuning and not case.phase:  # the base is frozen: what it can learn is seen in phase 2
        return None
    # A young run is judged by its last epoch; later a noisy epoch without progress is no rest yet.
    before, last = case.epochs[-2 if len(case.epochs) <= STUCK_EPOCHS else -1 - STUCK_EPOCHS], case.epochs[-1]
    moving = last.loss < STUCK_LOSS * before.loss or last.accuracy > before.accuracy + STUCK_ACCURACY
    if moving or last.accuracy >= GOOD or last.accuracy - (last.val_accuracy or 0.0) > GAP:
        return None
    return Diagnosis(
        "Underfitting",
        "The network cannot even learn its training images: one with more layers or filters could, or less of what "
        "holds it back.",
        f"Training has come to rest with {last.accuracy:.1%} of the training images right; the last epochs won "
        f"{max(0.0, last.accuracy - before.accuracy):.1%}.",
        "check",
        _less_held_back(case),
    )


def _less_held_back(case: Case) -> Fix | None:
    recipe = case.recipe
    if not (recipe.weight_decay or recipe.augmentation.active or recipe.label_smoothing):
        return None
    brakes = {
        "weight decay": recipe.weight_decay,
        "label smoothing": recipe.label_smoothing,
        "changes of the images": recipe.augmentation.active,
    }
    words = " and ".join(name for name, on in brakes.items() if on)
    changes = {"weight_decay": 0.0, "augmentation": Augmentation().model_dump(), "label_smoothing": 0.0}
    return case.with_recipe(f"Run again without {words}", **changes)


def class_collapse(case: Case) -> Diagnosis | None:
    """One answer to everything."""
    rows = [row for row in case.signals[-2:] if row.answered]
    if len(rows) < 2 or min(max(row.answered) for row in rows) < ONE_ANSWER or not case.validation_counts:
        return None
    newest = rows[-1]
    never = sum(share == 0.0 for share in newest.class_accuracy)
    if not never:
        return None
    top = max(range(len(newest.answered)), key=newest.answered.__getitem__)
    high = case.rate > case.rates.usual
    return Diagnosis(
        "Class collapse",
        "The network gives nearly the same answer to every image; another learning rate or more equal classes help.",
        f"{newest.answered[top]:.0%} of the validation images are taken for {case.config.class_names[top]}; "
        f"{never} {'class is' if never == 1 else 'classes are'} never right.",
        "serious",
        case.with_smaller_rate() if high else None,
    )
