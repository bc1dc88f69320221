"""How the images of a data set are split anew."""

from pydantic import BaseModel, ConfigDict, Field, model_validator

from cnnapp.datasets.group_rule import GroupRule

MOST_HELD_OUT = 0.9  # of all images: the rest is trained on


class NewSplits(BaseModel):
    """Shares of all images of a set, and what keeps them together."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    test_share: float = Field(0.15, gt=0, le=MOST_HELD_OUT)
    validation_share: float = Field(0, ge=0, le=MOST_HELD_OUT)  # 0: training holds out a share of its images
    seed: int = Field(0, ge=0, lt=2**31)
    groups: GroupRule = GroupRule()  # "auto": the groups that the set has, else as on import

    @model_validator(mode="after")
    def _leave_some(self) -> "NewSplits":
        if self.test_share + self.validation_share > MOST_HELD_OUT:
            raise ValueError(
                f"Testing and validation would take {self.test_share + self.validation_share:.0%} of the images: leave "
                f"at least {1 - MOST_HELD_OUT:.0%} for training."
            )
        return self

    @property
    def words(self) -> str:
        """Say what it is: "20 % for testing, seed 3"."""
        own = f", {100 * self.validation_share:.3g} % for validation" if self.validation_share else ""
        return f"{100 * self.test_share:.3g} % for testing{own}, seed {self.seed}"
