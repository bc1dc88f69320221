"""Steps that are too long or too short."""

from cnnapp.doctor.case import RECENT, Case
from cnnapp.doctor.diagnosis import Diagnosis
from cnnapp.recipes import OPTIMIZERS

WORSE = 1.05  # times the loss of guessing: a mean over an epoch is above it only when steps overshoot
FAR_WORSE = 5.0  # likewise in any of the newest epochs: some steps threw the weights far away
RISE = 1.25  # times the lowest epoch's loss, and …
RISE_SHARE = 0.1  # … of the loss of guessing: small losses double without meaning anything
SLOW = 0.1  # of the loss of guessing, won in all epochs so far: less is hardly a movement


def not_finite(case: Case) -> Diagnosis | None:
    """Weights or activations have overflowed."""
    end = case.not_finite
    if end is None:
        return None
    return Diagnosis(
        "NaN or Inf",
        "The numbers inside the network grew until the computer could not hold them; smaller steps keep them in range.",
        f"The {end.what} was no finite number at step {end.step:,} in epoch {end.epoch}. {_rate_told(case, case.rate)}",
        "serious",
        case.with_smaller_rate(),
    )


def rate_too_high(case: Case) -> Diagnosis | None:
    """Steps jump across the valley: the loss is worse than guessing, swings, or the network has been thrown away."""
    if not case.epochs or case.rate <= case.rates.low:
        return None
    evidence = _overshooting(case)
    if not evidence:
        return None
    return Diagnosis(
        "Learning rate too high",
        "Each step goes so far that it jumps over what it looks for; smaller steps find it.",
        f"{evidence} {_rate_told(case, case.rate)}",
        "serious" if case.guesses else "check",
        case.with_smaller_rate(),
    )


def _overshooting(case: Case) -> str:
    losses = [row.loss for row in case.phase_epochs]
    if len(losses) > 1 and losses[-1] > WORSE * case.guess_loss:
        return f"The loss is {losses[-1]:.3g} after {len(losses)} epochs; guessing alone gives {case.guess_loss:.2f}."
    if max(losses[-RECENT:]) > FAR_WORSE * case.guess_loss:
        return f"An epoch's mean loss was {max(losses[-RECENT:]):.3g}; guessing alone gives {case.guess_loss:.2f}."
    lowest = min(losses)
    if losses[-1] > max(RISE * lowest, lowest + RISE_SHARE * case.guess_loss):
        return f"The loss rose again from {lowest:.3g} to {losses[-1]:.3g}."
    if len(losses) > 1 and case.guesses and case.rate > case.rates.high:
        return (
            f"After {len(losses)} epochs {case.accuracy:.0%} are right, hardly more than guessing ({case.chance:.0%})."
        )
    return ""


def rate_too_low(case: Case) -> Diagnosis | None:
    """Steps are so short that hardly anything changes."""
    highest = max((row.learning_rate for row in case.epochs), default=0.0)
    if len(case.epochs) < 2 or highest >= case.rates.low:
        return None
    if case.recipe.fine_tuning and not case.guesses:  # what is known already is changed in small steps
        return None
    first, last = case.epochs[0].loss, case.epochs[-1].loss
    if first - last > SLOW * case.guess_loss:
        return None
    return Diagnosis(
        "Learning rate too low",
        "Each step changes so little that training would take forever; larger steps learn faster.",
        f"In {len(case.epochs)} epochs the loss went from {first:.3f} to {last:.3f}. {_rate_told(case, highest)}",
        "serious" if case.guesses else "check",
        case.with_rate(case.rates.usual),
    )


def _rate_told(case: Case, rate: float) -> str:
    title = OPTIMIZERS[case.recipe.optimizer].title
    return f"The learning rate is {rate:g}; {case.rates.usual:g} is usual for {title}."
