"""What the loop remembers between steps, as plain values that a checkpoint keeps and gives back exactly."""

from dataclasses import asdict, dataclass, field
from typing import Any

from cnnapp.recipes import EarlyStopping, Monitor, Plateau


@dataclass
class EpochSums:
    """Running sums of the epoch so far, over images."""

    images: int = 0
    loss: float = 0.0
    correct: int = 0

    @property
    def mean_loss(self) -> float:
        """Mean loss per image."""
        return self.loss / max(1, self.images)

    @property
    def accuracy(self) -> float:
        """Share of right answers, 0-1."""
        return self.correct / max(1, self.images)


@dataclass
class Progress:
    """Where training stands."""

    epoch: int = 0  # completed
    step: int = 0  # global, done
    seconds: float = 0.0  # of training steps and validation
    images: int = 0  # seen, over all epochs
    sums: EpochSums = field(default_factory=EpochSums)
    best_epoch: int = 0  # 1-based; 0: none yet
    best_score: tuple[float, float] | None = None  # val_accuracy, -val_loss
    best_accuracy: float | None = None  # val_accuracy of the best epoch
    waited: int = 0  # epochs without improvement, for early stopping
    watched: float | None = None  # the best monitored value so far
    learning_rate: float | None = None  # chosen on the way; None: the recipe's
    reductions: int = 0  # of the learning rate, by a plateau
    plateau_waited: int = 0  # epochs without improvement, for the plateau
    plateau_watched: float | None = None  # its best monitored value so far
    rate_over: float | None = None  # chosen on the way in the phase before: asked for still, but done with

    def begin_phase(self) -> None:
        """Forget what belongs to the phase that has ended: a learning rate chosen on the way, and what was waited for.

        The best epoch is that of all phases.
        """
        self.rate_over, self.learning_rate, self.reductions = self.learning_rate, None, 0
        self.waited, self.watched = 0, None
        self.plateau_waited, self.plateau_watched = 0, None

    def is_best(self, val_accuracy: float | None, val_loss: float | None) -> bool:
        """Take in an epoch's validation; return whether its weights are the ones to keep.

        The best is the highest val_accuracy; among equals the lowest val_loss, since small validation sets tie
        often. Without validation it is always the newest.
        """
        if val_accuracy is None or val_loss is None:
            self.best_epoch = self.epoch
            return True
        score = (val_accuracy, -val_loss)
        if self.best_score is not None and score <= self.best_score:
            return False
        self.best_score, self.best_accuracy, self.best_epoch = score, val_accuracy, self.epoch
        return True

    def should_stop(self, rule: EarlyStopping | None, logs: dict[str, float | None]) -> bool:
        """Take in an epoch's figures; return whether early stopping ends the run."""
        value = _cost(rule.monitor, logs) if rule else None
        if rule is None or value is None:
            return False
        if self.watched is None or value < self.watched:
            self.watched, self.waited = value, 0
            return False
        self.waited += 1
        return self.waited >= rule.patience

    def is_on_plateau(self, rule: Plateau, logs: dict[str, float | None]) -> bool:
        """Take in an epoch's figures; return whether they call for a lower learning rate, which is counted."""
        value = _cost(rule.monitor, logs)
        if value is None:
            return False
        if self.plateau_watched is None or value < self.plateau_watched:
            self.plateau_watched, self.plateau_waited = value, 0
            return False
        self.plateau_waited += 1
        if self.plateau_waited < rule.patience:
            return False
        self.plateau_waited = 0
        self.reductions += 1
        return True

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values; floats survive exactly."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "Progress":
        """Invert `to_json`."""
        score = value["best_score"]
        return cls(**{**value, "sums": EpochSums(**value["sums"]), "best_score": tuple(score) if score else None})


def _cost(monitor: Monitor, logs: dict[str, float | None]) -> float | None:
    """Return the monitored figure so that lower is better."""
    value = logs.get(monitor)
    return -value if value is not None and monitor.endswith("accuracy") else value
