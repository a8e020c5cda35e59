"""``arborisk train``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from arborisk.cli.console import note, progress_for, say
from arborisk.cli.setting_options import settings_given
from arborisk.errors import SettingsError

if TYPE_CHECKING:
    from arborisk.training.settings import EpochRow


def train(
    ctx: typer.Context,
    dataset: Annotated[Path, typer.Argument(help="Data set made by `arborisk import`.")],
    out: Annotated[Path, typer.Option(help="Run folder to write.")] = Path("run"),
    config: Annotated[
        Path | None, typer.Option(help="Settings file, such as RUN/config.toml of another run.")
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
    from arborisk.cli.train_options import settings_of
    from arborisk.studies.run_folder import as_toml_values
    from arborisk.studies.train import train as run_training

    given = settings_given(ctx)
    if given.get("test_share") is not None and given.get("folds"):
        raise SettingsError(
            "either folds or one hold-out",
            f"--folds {given['folds']} and --test-share {given['test_share']}",
            "the options",
            "Give one of them.",
        )
    resolved = settings_of(given, parse_assignments(assignments or []), config)
    if print_config:
        say(tomli_w.dumps(as_toml_values(resolved)).removesuffix("\n"))
        return
    if preview is not None:
        from arborisk.cli.train_options import write_preview

        written = write_preview(
            dataset, preview, resolved, n_photos=preview_photos, n_copies=preview_copies
        )
        say(str(written))
        return
    try:
        run = run_training(
            dataset, resolved, out, resume=resume, progress_for=progress_for, on_epoch=_tell_epoch
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
