"""``arborisk train``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from arborisk.cli.console import note, progress_for, say
from arborisk.errors import SettingsError

if TYPE_CHECKING:
    from arborisk.training.settings import EpochRow

SPLITTING = "Splitting"
STARTING = "What is trained, and from where"
NETWORK = "Training of a network (all but --regime frozen)"
LAYERS = "Layers of model1"


def train(
    dataset: Annotated[Path, typer.Argument(help="Data set made by `arborisk import`.")],
    out: Annotated[Path, typer.Option(help="Run folder to write.")] = Path("run"),
    config: Annotated[
        Path | None, typer.Option(help="Settings file, such as RUN/config.toml of another run.")
    ] = None,
    scheme: Annotated[
        str | None,
        typer.Option(
            help="Pr_Im, PrPo_Im, Pr_PoIm, Pr_Po_Im, as-labelled, or a TOML file. "
            "Default: Pr_Po_Im."
        ),
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(
            help="A name of `arborisk info models`. Default: efficientnet_depths.",
        ),
    ] = None,
    weights: Annotated[
        str | None,
        typer.Option(
            help="imagenet, none (from scratch) or a name of `arborisk info weights`. "
            "Default: imagenet where installed.",
            rich_help_panel=STARTING,
        ),
    ] = None,
    regime: Annotated[
        str | None,
        typer.Option(
            help="frozen: the last layer alone, on embeddings; last_stages; all. "
            "Default: frozen, or all from scratch.",
            rich_help_panel=STARTING,
        ),
    ] = None,
    output: Annotated[
        str | None,
        typer.Option(
            help="nominal; for ordered classes also cumulative_link or corn. Default: nominal.",
            rich_help_panel=STARTING,
        ),
    ] = None,
    labels: Annotated[
        str | None,
        typer.Option(
            help="Learn the agreed label, or the shares of the raters. Default: agreed.",
            rich_help_panel=STARTING,
        ),
    ] = None,
    augmentation: Annotated[
        str | None,
        typer.Option(
            help="none, light, standard or strong; training parts only. "
            "See them with --preview. Default: none.",
            rich_help_panel=STARTING,
        ),
    ] = None,
    test_views: Annotated[
        str | None,
        typer.Option(
            help="Views averaged for each answer: one, mirror or mirror_zoom. Default: one.",
            rich_help_panel=STARTING,
        ),
    ] = None,
    answer: Annotated[
        str | None,
        typer.Option(
            help="Rule by which the bundle answers unless told otherwise: most-raised, likeliest "
            "or cost, with [costs.CLASS] in --config. Default: the one that is measured.",
            rich_help_panel=STARTING,
        ),
    ] = None,
    size: Annotated[
        int | None,
        typer.Option(help="Side of the network's input, in pixels. Default: the model's own."),
    ] = None,
    channels: Annotated[
        int | None, typer.Option(help="1 grey, 3 colour. Default: the model's own.")
    ] = None,
    crop: Annotated[
        str | None, typer.Option(help="centre, random or letterbox. Default: centre.")
    ] = None,
    exact: Annotated[
        bool | None,
        typer.Option("--exact", help="Decode photos in full, slower. Default: no."),
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Same seed, same numbers. Default: 0.")] = None,
    refit: Annotated[
        bool | None,
        typer.Option(
            "--refit", help="Ship a refit on all photos; it has no measured score. Default: no."
        ),
    ] = None,
    folds: Annotated[
        int | None,
        typer.Option(
            help="Number of folds; 0 for one hold-out. Default: 5.", rich_help_panel=SPLITTING
        ),
    ] = None,
    test_share: Annotated[
        float | None,
        typer.Option(
            help="Share held out, 0 to 1; implies --folds 0. Default: 0.2.",
            rich_help_panel=SPLITTING,
        ),
    ] = None,
    by: Annotated[
        str | None,
        typer.Option(help="Kept whole: tree, site. Default: tree,site.", rich_help_panel=SPLITTING),
    ] = None,
    split: Annotated[
        Path | None,
        typer.Option(help="Split file to honour, a CSV of file,part.", rich_help_panel=SPLITTING),
    ] = None,
    protocol: Annotated[
        str | None,
        typer.Option(
            help="grouped, or deck: one hold-out at random by photo, which leaks and says so. "
            "Default: grouped.",
            rich_help_panel=SPLITTING,
        ),
    ] = None,
    epochs: Annotated[
        int | None,
        typer.Option(help="Passes over the training part. Default: 4.", rich_help_panel=NETWORK),
    ] = None,
    batch_size: Annotated[
        int | None, typer.Option(help="Photos a step. Default: 32.", rich_help_panel=NETWORK)
    ] = None,
    optimiser: Annotated[
        str | None,
        typer.Option(help="sgd, momentum, adam or adamw. Default: adam.", rich_help_panel=NETWORK),
    ] = None,
    learning_rate: Annotated[
        float | None,
        typer.Option(help="First step size. Default: the optimiser's.", rich_help_panel=NETWORK),
    ] = None,
    schedule: Annotated[
        str | None,
        typer.Option(help="constant, cosine or step. Default: constant.", rich_help_panel=NETWORK),
    ] = None,
    loss: Annotated[
        str | None,
        typer.Option(
            help="cross_entropy or squared_error. Default: cross_entropy.",
            rich_help_panel=NETWORK,
        ),
    ] = None,
    class_weights: Annotated[
        str | None,
        typer.Option(help="none or balanced. Default: the model's own."),
    ] = None,
    sampling: Annotated[
        str | None,
        typer.Option(
            help="shuffled, or balanced: every class equally often. Default: shuffled.",
            rich_help_panel=NETWORK,
        ),
    ] = None,
    label_smoothing: Annotated[
        float | None,
        typer.Option(
            help="Share of the wanted answer spread over all classes. Default: 0.",
            rich_help_panel=NETWORK,
        ),
    ] = None,
    patience: Annotated[
        int | None,
        typer.Option(
            help="Stop after so many epochs without a lower loss on an inner part. "
            "Default: 0, never.",
            rich_help_panel=NETWORK,
        ),
    ] = None,
    feature_maps: Annotated[
        str | None,
        typer.Option(
            help="Feature maps of each convolution. Default: 64,128,128,256,256.",
            rich_help_panel=LAYERS,
        ),
    ] = None,
    kernels: Annotated[
        str | None,
        typer.Option(
            help="Kernel sides, pixels; the last serves the rest. Default: 7,3.",
            rich_help_panel=LAYERS,
        ),
    ] = None,
    strides: Annotated[
        str | None,
        typer.Option(
            help="Strides, pixels; the last serves the rest. Default: 2,1.",
            rich_help_panel=LAYERS,
        ),
    ] = None,
    pooling: Annotated[
        str | None,
        typer.Option(help="max or average. Default: max.", rich_help_panel=LAYERS),
    ] = None,
    dense: Annotated[
        str | None,
        typer.Option(
            help="Neurons of each hidden dense layer. Default: 128,64.", rich_help_panel=LAYERS
        ),
    ] = None,
    activation: Annotated[
        str | None,
        typer.Option(help="relu, tanh or sigmoid. Default: relu.", rich_help_panel=LAYERS),
    ] = None,
    dropout: Annotated[
        str | None,
        typer.Option(
            help="Share silenced after the dense layers, 0 to 1: one for all, or one each. "
            "Default: 0.5.",
            rich_help_panel=LAYERS,
        ),
    ] = None,
    assignments: Annotated[
        list[str] | None,
        typer.Option(
            "--set", metavar="KEY=VALUE", help="Any other setting, e.g. training.last_stages=2."
        ),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with an interrupted run in --out.")
    ] = False,
    print_config: Annotated[
        bool, typer.Option("--print-config", help="Print the resolved settings and leave.")
    ] = False,
    preview: Annotated[
        Path | None,
        typer.Option(
            help="Only show photos as random changes make them in training: picture (.png) or page "
            "(.html) to write. Without --augmentation, the changes of `standard`.",
            show_default="no preview",
        ),
    ] = None,
    preview_photos: Annotated[
        int, typer.Option(help="Photos of the preview, one a row.", min=1, max=50)
    ] = 4,
    preview_copies: Annotated[
        int, typer.Option(help="Epochs shown of each in the preview.", min=1, max=12)
    ] = 6,
) -> None:
    """Train, measure and ship a model; writes a run folder with its report.

    Trees, sites and near-duplicate photos stay on one side of the split. What ships are
    the models that were measured; for folds, their average. Settings: command line, then --config,
    then ARBORISK_... variables, then defaults.
    """
    import tomli_w

    from arborisk.cli.common_options import parse_assignments
    from arborisk.cli.train_options import Given, settings_of
    from arborisk.studies.run_folder import as_toml_values
    from arborisk.studies.train import train as run_training

    if test_share is not None and folds:
        raise SettingsError(
            "either folds or one hold-out",
            f"--folds {folds} and --test-share {test_share}",
            "the options",
            "Give one of them.",
        )
    if folds is None and (test_share is not None or protocol == "deck"):
        folds = 0
    given = Given(
        run={
            "scheme": scheme,
            "model": model,
            "weights": weights,
            "regime": regime,
            "output": output,
            "labels": labels,
            "augmentation": augmentation,
            "test_views": test_views,
            "answer": answer,
            "seed": seed,
            "refit": refit,
            "split.folds": folds,
            "split.test_share": test_share,
            "split.by": by and [word.strip() for word in by.split(",")],
            "split.protocol": protocol or ("given" if split else None),
            "split.file": split and str(split),
            "preprocess.size_px": size,
            "preprocess.channels": channels,
            "preprocess.crop": crop,
            "preprocess.exact": exact,
            **parse_assignments(assignments or []),
        },
        class_weights=class_weights,
        network={
            "training.epochs": epochs,
            "training.batch_size": batch_size,
            "training.optimiser": optimiser,
            "training.learning_rate": learning_rate,
            "training.schedule": schedule,
            "training.loss": loss,
            "training.sampling": sampling,
            "training.label_smoothing": label_smoothing,
            "training.patience": patience,
        },
        model1={
            "model1.pooling": pooling,
            "model1.activation": activation,
        },
        layers={
            "model1.dropout": dropout,
            "model1.feature_maps": feature_maps,
            "model1.kernel_sizes": kernels,
            "model1.strides": strides,
            "model1.dense": dense,
        },
    )
    settings = settings_of(given, config)
    if print_config:
        say(tomli_w.dumps(as_toml_values(settings)).removesuffix("\n"))
        return
    if preview is not None:
        from arborisk.cli.train_options import write_preview

        written = write_preview(
            dataset, preview, settings, n_photos=preview_photos, n_copies=preview_copies
        )
        say(str(written))
        return
    try:
        run = run_training(
            dataset, settings, out, resume=resume, progress_for=progress_for, on_epoch=_tell_epoch
        )
    except KeyboardInterrupt:
        note(f"Interrupted. Go on with the same command and --resume; {out} keeps what is done.")
        raise
    for text in run.notes:
        note(text)
    say(run.headline)
    say(f"Bundle: {run.bundle}")
    say(f"Report: {run.report}")


def _tell_epoch(row: EpochRow, seconds_left: float) -> None:
    """One line an epoch: losses and the time left in this round."""
    parts = [f"{row.round}, epoch {row.epoch}: training loss {row.train_loss:.3f}"]
    if row.validation_loss is not None and row.validation_accuracy is not None:
        parts.append(f"held-back loss {row.validation_loss:.3f}")
        parts.append(f"accuracy {row.validation_accuracy:.3f}")
    parts.append(f"{seconds_left:.0f} s left in this round")
    note(", ".join(parts))
