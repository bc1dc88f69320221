"""Every setting of a recipe: one field each, with its bounds, its default and the row of what people read of it."""

from typing import Annotated, Literal, get_args

from pydantic import Field

from cnnapp.recipes.augmentation import Augmentation
from cnnapp.recipes.fine_tuning import FineTuning
from cnnapp.recipes.monitoring import EarlyStopping
from cnnapp.recipes.optimizers import OPTIMIZERS, OptimizerName, name_those_with
from cnnapp.recipes.rows import Choice, Number, Part, Place, Setting, Slider, Switch, list_settings
from cnnapp.recipes.schedules import SCHEDULES, Constant, Schedule

# Of the arithmetic, as Keras names its dtype policies; weights are float32 in each. Auto: bfloat16 where the device has
# instructions for it, which is about twice as fast there and far slower elsewhere.
Precision = Literal["float32", "mixed_bfloat16", "mixed_float16", "auto"]


class RecipeFields(Part):
    """The fields of a recipe, in the order in which titles and facts name them: what explains most comes first."""

    fine_tuning: Annotated[
        FineTuning | None,  # None: random weights, and all layers learn from the first step on
        Setting(
            "Start from",
            title=lambda recipe: "fine-tuned" if recipe.fine_tuning else "random weights",
        ),
    ] = None
    optimizer: Annotated[
        OptimizerName,
        Setting(
            "Optimiser",
            "The rule that turns gradients into changes of the weights.",
            Choice({name: row.title for name, row in OPTIMIZERS.items()}),
            Place("main", 2),
            fact=lambda recipe: OPTIMIZERS[recipe.optimizer].title,
            title=lambda recipe: recipe.optimizer_in_words,
            cli=f"one of {', '.join(OPTIMIZERS)}",
        ),
    ] = "adam"
    learning_rate: Annotated[
        float,
        Field(gt=0, le=10),
        Setting(
            "Learning rate",
            "The size of each change. Too high: the loss jumps or becomes NaN. Too low: nothing happens.",
            Number(step_share=0.5),
            Place("main", 3),
            fact=lambda recipe: f"{recipe.learning_rate:g}, {recipe.schedule.title}",
            title=lambda recipe: recipe.optimizer_in_words,
            cli="of the first step, or the highest one of a schedule",
        ),
    ] = 0.001
    schedule: Annotated[
        Schedule,
        Setting(
            "Learning rate schedule",
            control=Choice({kind: schedule.title for kind, schedule in SCHEDULES.items()}),
            noun="schedule",
            fact=lambda _: "",  # told with the learning rate
            title=lambda recipe: f"{recipe.schedule.kind.replace('_', '-')} rate",
        ),
    ] = Constant()
    epochs: Annotated[
        int,
        Field(ge=1, le=10000),
        Setting(
            "Epochs",
            "How often the network sees every training image.",
            Number(),
            Place("main", 0),
            title=lambda recipe: "1 epoch" if recipe.epochs == 1 else f"{recipe.epochs} epochs",
            cli="how often every training image is seen",
        ),
    ] = 10
    batch_size: Annotated[
        int,
        Field(ge=1, le=65536),
        Setting(
            "Batch size",
            "Images per training step: the weights change once per batch.",
            Number(),
            Place("main", 1),
            title=lambda recipe: f"batch {recipe.batch_size}",
            cli="images per training step",
        ),
    ] = 32
    augmentation: Annotated[
        Augmentation,
        Setting(
            "Augmentation",
            title=lambda recipe: "augmented" if recipe.augmentation.active else "not augmented",
        ),
    ] = Augmentation()
    class_weights: Annotated[
        Literal["none", "balanced"],  # balanced: a class counts the more, the fewer images it has
        Setting(
            "Balance the classes",
            "The rarer a class in the training images, the more each of its images counts in the loss, so that none is "
            "passed over (n / (classes × images of the class)). Accuracies count every image the same.",
            Switch("balanced", "none"),
            Place("switches", 0),
            noun="class weights",
            fact=lambda recipe: "" if recipe.class_weights == "none" else recipe.class_weights,
            title=lambda recipe: "balanced" if recipe.class_weights == "balanced" else "not balanced",
        ),
    ] = "none"
    label_smoothing: Annotated[
        float,
        Field(ge=0, lt=1),
        Setting(
            "Label smoothing",
            "Asks the network for a little less than certainty; 0 for none.",
            Slider(0.0, 0.5, 0.05),
            Place("numbers", 1, row=1),
            title=lambda recipe: f"smoothing {recipe.label_smoothing:g}",
        ),
    ] = 0.0
    momentum: Annotated[
        float,
        Field(ge=0, lt=1),
        Setting(
            "Momentum",
            f"Share of the previous update that is added to the next one; for {name_those_with('momentum')}.",
            Slider(0.0, 0.99, 0.01),
            Place("numbers", 2),
            title=lambda recipe: f"momentum {recipe.momentum:g}",
        ),
    ] = 0.0
    nesterov: Annotated[
        bool,
        Setting(
            "Nesterov momentum",
            f"Looks ahead along the momentum (Nesterov 1983); for {name_those_with('nesterov')}.",
            Switch(),
            Place("numbers", 2, row=1),
            fact=lambda recipe: "yes" if recipe.nesterov else "",
            title=lambda recipe: "Nesterov" if recipe.nesterov else "no Nesterov",
        ),
    ] = False
    weight_decay: Annotated[
        float,
        Field(ge=0, le=1),
        Setting(
            "Weight decay",
            "Shrinks all weights a little at each step; 0 for none.",
            Number(step=0.0001),
            Place("numbers", 0, row=1),
            title=lambda recipe: f"weight decay {recipe.weight_decay:g}",
        ),
    ] = 0.0
    clip_norm: Annotated[
        float,
        Field(ge=0),
        Setting(
            "Gradient clipping",
            "Gradients are scaled down to this global norm at most; 0 for no limit.",
            Number(step=1.0),
            Place("numbers", 2, row=2),
            title=lambda recipe: f"clipping {recipe.clip_norm:g}" if recipe.clip_norm else "no clipping",
        ),
    ] = 0.0
    early_stopping: Annotated[
        EarlyStopping | None,
        Setting(
            "Early stopping",
            "Ends the run when a figure has not improved for some epochs. The best epoch's weights are what is saved, "
            "with or without it.",
            fact=lambda recipe: f"{rule.monitor}, patience {rule.patience}" if (rule := recipe.early_stopping) else "",
            title=lambda recipe: "early stopping" if recipe.early_stopping else "no early stopping",
        ),
    ] = None
    validation_share: Annotated[
        float,
        Field(ge=0, le=0.5),
        Setting(
            "Validation share",
            "Training images held out, the same share of each class, to see how it does on unknown ones.",
            Slider(0.0, 0.5, 0.01),
            Place("numbers", 0),
            fact=lambda recipe: f"{recipe.validation_share:g}",
            title=lambda recipe: f"validation {recipe.validation_share:g}",
            cli="of the training images, held out; 0 to 0.5",
        ),
    ] = 0.1
    precision: Annotated[
        Precision,
        Setting(
            "Precision",
            "Of the arithmetic inside the network; weights and answers are float32 in each. A mixed one is often "
            "faster on a GPU and takes less memory (Micikevicius et al. 2018). *Measure first* shows what it is worth "
            "here.",
            Choice({name: name for name in get_args(Precision)}),
            Place("arithmetic", 0),
            fact=lambda recipe: "" if recipe.precision == "float32" else recipe.precision,
            title=lambda recipe: recipe.precision.replace("_", " "),
        ),
    ] = "float32"
    jit_compile: Annotated[
        bool,  # on one device
        Setting(
            "Compile with XLA",
            "Keras' jit_compile: the training step is compiled as a whole, which takes a while at first. Often faster "
            "on a GPU, slower on a CPU; *Measure first* shows what it is worth here.",
            Switch(),
            Place("arithmetic", 1),
            noun="compiled",
            fact=lambda recipe: "with XLA" if recipe.jit_compile else "",
            title=lambda recipe: "XLA" if recipe.jit_compile else "no XLA",
        ),
    ] = False
    deterministic: Annotated[
        bool,
        Setting(
            "Deterministic on a GPU",
            "The same seed gives the same network on a GPU, too; TensorFlow's deterministic operations often make it "
            "slower there. On a CPU it always does.",
            Switch(),
            Place("switches", 1),
            noun="deterministic",
            fact=lambda recipe: "on a GPU, too" if recipe.deterministic else "",
            title=lambda recipe: "deterministic" if recipe.deterministic else "not deterministic",
        ),
    ] = False
    smaller_batch_on_oom: Annotated[
        bool,
        Setting(
            "Halve the batch if memory runs out",
            "The run goes on once, from its newest checkpoint. Another batch size gives another network.",
            Switch(),
            Place("memory", 0),
            noun="if memory runs out",
            fact=lambda recipe: "half the batch, once" if recipe.smaller_batch_on_oom else "",
        ),
    ] = False
    epoch_weights_mb: Annotated[
        int,
        Field(ge=0, le=1_000_000),
        Setting(
            "Disk for epochs (MB)",
            "For the weights of the run's epochs: the newest, the best and evenly spread others stay; 0 for none.",
            Number(),
            Place("switches", 2),
            noun="disk for epochs",
            fact=lambda recipe: "" if recipe.epoch_weights_mb == 200 else f"{recipe.epoch_weights_mb} MB",
        ),
    ] = 200


# Of all settings of a run; the seed is the run's own, beside its recipe.
SETTINGS = list_settings(RecipeFields) | {
    "seed": Setting(
        "Seed",
        "The same seed and settings give the same network on the same machine.",
        Number(),
        Place("numbers", 1),
        cli="of weights, order, dropout, augmentation and split",
    )
}
