"""What is wrong with the images and their labels, whatever the network."""

from cnnapp.architectures import totals, trace
from cnnapp.doctor.case import Case
from cnnapp.doctor.diagnosis import Diagnosis
from cnnapp.doctor.flow import DEAD, VANISHED

IMBALANCED = 4.0  # times as many images of the largest class as of the smallest
FEW = 10  # training images of a class: with fewer what is learned of it is chance
BEHIND = 0.2  # of accuracy by which the rarest class lags
SERIOUS_LEAK = 0.01  # of the test images: with fewer, the test accuracy moves by less than one point
STUCK_EPOCHS, STUCK_STEPS = 3, 50  # by then every healthy network has begun to learn
AT_GUESSING = 0.05  # of the loss of guessing
CAPACITY = 50  # parameters per class: with fewer a network may be unable to tell anything


def imbalanced_classes(case: Case) -> Diagnosis | None:
    """Rare classes weigh so little that the network may ignore them."""
    counts = case.facts.class_counts
    present = [count for count in counts if count]
    if not present or max(present) < IMBALANCED * min(present) or case.recipe.class_weights == "balanced":
        return None
    rare, frequent = counts.index(min(present)), counts.index(max(present))
    names = case.config.class_names
    shares = case.signals[-1].class_accuracy if case.signals else []
    known = [share for share in shares if share is not None]
    right = shares[rare] if shares else None
    behind = right is not None and right < max(known) - BEHIND
    told = f" Of the validation images of {names[rare]}, {right:.0%} are right." if behind else ""
    return Diagnosis(
        "Imbalanced classes",
        "The network is right most often when it bets on the frequent classes; class weights, or more images of the "
        "rare ones, make all count the same.",
        f"{max(present):,} training images of {names[frequent]}, but {min(present):,} of {names[rare]}.{told}",
        "check" if behind else "note",
        case.with_recipe("Run again with balanced class weights", class_weights="balanced"),
    )


def class_without_training_images(case: Case) -> Diagnosis | None:
    """What a network never sees it cannot learn."""
    missing = [label for label, count in enumerate(case.facts.class_counts) if not count]
    if not missing:
        return None
    return Diagnosis(
        "Class without training images",
        "The network cannot learn what it never sees, and every test image of it will be wrong: add images, or split "
        "the set again on the Data set page.",
        f"No training images of {_listed(case, missing)}.",
        "serious",
    )


def class_without_test_images(case: Case) -> Diagnosis | None:
    """The test accuracy says nothing of it."""
    missing = [label for label, count in enumerate(case.facts.test_counts) if not count]
    if not missing:
        return None
    return Diagnosis(
        "Class without test images",
        "The test accuracy says nothing about how well it is told: add images, or split the set again on the Data set "
        "page.",
        f"No test images of {_listed(case, missing)}.",
        "check",
    )


def class_of_few_images(case: Case) -> Diagnosis | None:
    """What is learned of a few images is chance."""
    few = [label for label, count in enumerate(case.facts.class_counts) if 0 < count < FEW]
    if not few:
        return None
    counts = ", ".join(f"{case.facts.class_counts[label]} of {case.config.class_names[label]}" for label in few[:5])
    return Diagnosis(
        "Class of few images",
        f"What is learned of fewer than {FEW} images is chance: add images, or expect the class to be missed.",
        f"Only {counts}{' …' if len(few) > 5 else ''} among the training images.",
        "check",
    )


def class_of_one_picture(case: Case) -> Diagnosis | None:
    """All pictures of a class alike: it is the picture that is learned."""
    alike = list(case.facts.alike)
    if not alike:
        return None
    return Diagnosis(
        "Class of one picture",
        "The network may know this one picture and no other of the class: look at its images on the Data set page.",
        f"The training images of {_listed(case, alike)} look all the same.",
        "check",
    )


def duplicates(case: Case) -> Diagnosis | None:
    """Test images that the network has been trained on."""
    leaked, test = case.facts.leaked, case.facts.test
    if not leaked or not test:
        return None
    return Diagnosis(
        "Duplicates between training and test",
        "Some test images are in training, too, so the test accuracy is better than the network: Check on the Data "
        "set page leaves them out.",
        f"{leaked:,} of {test:,} test images ({leaked / test:.1%}) are also among those for training or validation.",
        "serious" if leaked >= SERIOUS_LEAK * test else "note",
    )


def shuffled_labels(case: Case) -> Diagnosis | None:
    """Everything is as it should be, and still nothing is learned."""
    if len(case.epochs) < STUCK_EPOCHS or case.epochs[-1].step < STUCK_STEPS or not case.guesses:
        return None
    loss = case.epochs[-1].loss
    if abs(loss - case.guess_loss) > AT_GUESSING * case.guess_loss or not _could_learn(case):
        return None
    return Diagnosis(
        "Shuffled labels",
        "The network could learn, but finds nothing to learn: the labels do not seem to belong to the images. Look at "
        "them on the Data set page.",
        f"After {len(case.epochs)} epochs the loss is {loss:.3f}, that of guessing {case.guess_loss:.3f}, though the "
        f"learning rate ({case.rate:g}) is usual and gradients reach every layer.",
        "serious",
    )


def _listed(case: Case, labels: list[int]) -> str:
    names = [case.config.class_names[label] for label in labels[:5]]
    return ", ".join(names) + (f" and {len(labels) - 5} more classes" if len(labels) > 5 else "")


def _could_learn(case: Case) -> bool:
    """Whether neither the rate nor the network explains that nothing is learned."""
    usual_rate = case.rates.low <= case.rate <= case.rates.high
    parameters = totals(trace(case.config.layers, case.config.image_shape)).parameters
    return usual_rate and parameters >= CAPACITY * len(case.config.class_names) and _signals_flow(case)


def _signals_flow(case: Case) -> bool:
    if not case.signals:
        return True
    newest = case.signals[-1]
    if max(case.dead_units.values(), default=0.0) >= DEAD or not (newest.first_gradient and newest.last_gradient):
        return False
    return newest.first_gradient > VANISHED * newest.last_gradient
