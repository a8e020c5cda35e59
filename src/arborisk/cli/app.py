"""The table of commands, in four groups, and the names that they had before."""

from __future__ import annotations

from typing import Annotated, Any, Final

import typer
from typer.core import TyperGroup

import arborisk
from arborisk.cli import backprop, risk
from arborisk.cli.agree import agree
from arborisk.cli.compare import compare
from arborisk.cli.console import note
from arborisk.cli.dataset import audit_command, card, import_command
from arborisk.cli.drift import drift, suspects
from arborisk.cli.evaluate import bundle, evaluate
from arborisk.cli.experiment import experiment
from arborisk.cli.explain import explain, interpret
from arborisk.cli.info import app as weights_group
from arborisk.cli.info import doctor, list_weights, models
from arborisk.cli.learn import deck_results, demo, simulate
from arborisk.cli.places import check_places_of
from arborisk.cli.predict import predict
from arborisk.cli.setting_options import SettingsCommand
from arborisk.cli.split import split
from arborisk.cli.table import table
from arborisk.cli.train import train
from arborisk.cli.tune import tune
from arborisk.errors import as_sentence

EVERYDAY: Final = "Everyday"
STUDIES: Final = "Studies"
RISK: Final = "Risk"
LEARN: Final = "Learn"

RENAMED: Final[dict[tuple[str, ...], tuple[str, ...]]] = {
    ("dataset", "import"): ("import",),
    ("dataset", "audit"): ("audit",),
    ("dataset", "card"): ("card",),
    ("certainty",): ("evaluate", "--only-promises"),
    ("augment-preview",): ("train",),
    ("models",): ("info", "models"),
    ("doctor",): ("info", "doctor"),
    ("weights", "list"): ("info", "weights"),
    ("storm",): ("risk", "storm"),
    ("strike",): ("risk", "strike"),
    ("simulate",): ("learn", "simulate"),
    ("demo",): ("learn", "demo"),
    ("deck-results",): ("learn", "deck-results"),
    ("backprop", "model1"): ("learn", "model1"),
    ("backprop",): ("learn", "backprop"),
}
"""Commands of version 0.1.0 and what they are called now; the old names work until 1.0."""
RENAMED_OPTIONS: Final[dict[tuple[str, ...], dict[str, tuple[str, ...]]]] = {
    ("augment-preview",): {
        "--out": ("--preview",),
        "--grey": ("--channels", "1"),
        "--photos": ("--preview-photos",),
        "--copies": ("--preview-copies",),
    }
}
"""Options of such commands that have another name now."""
NEW_NAME: Final = "arborisk.new_name"


class Commands(TyperGroup):
    """All commands, with errors told in sentences before Typer takes some of them for its own.

    Typer answers a file that ends early with "Aborted!", and a closed pipe with nothing.
    """

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401 - click's own
        """Takes a command by the name that it had before, and says its new name."""
        for old in sorted(RENAMED, key=len, reverse=True):
            if tuple(args[: len(old)]) == old:
                new = RENAMED[old]
                ctx.meta[NEW_NAME] = (
                    f"`arborisk {' '.join(old)}` is now `arborisk {' '.join(new)}`."
                )
                options = RENAMED_OPTIONS.get(old, {})
                rest = [part for word in args[len(old) :] for part in options.get(word, (word,))]
                args = [*new, *rest]
                break
        return super().parse_args(ctx, args)

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401 - click's own, which Typer has in two places
        """Runs the command.

        Raises:
            ArboriskError: For every error that a person can act on; others pass as they are.
        """
        try:
            return super().invoke(ctx)
        except Exception as error:
            known = as_sentence(error)
            if known is None or known is error:
                raise
            raise known from error
        finally:
            if NEW_NAME in ctx.meta:  # last: a warning of the command itself comes first
                note(ctx.meta[NEW_NAME])


app = typer.Typer(
    name="arborisk",
    cls=Commands,
    help="Likelihood of tree failure from ground photographs, honestly measured.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
learn_group = typer.Typer(no_args_is_help=True)
info_group = typer.Typer(no_args_is_help=True)

for name, command in (
    ("import", import_command),
    ("audit", audit_command),
    ("split", split),
    ("evaluate", evaluate),
    ("predict", predict),
    ("explain", explain),
    ("table", table),
    ("card", card),
    ("bundle", bundle),
):
    app.command(name, rich_help_panel=EVERYDAY)(command)
app.command("train", cls=SettingsCommand, rich_help_panel=EVERYDAY)(train)
app.add_typer(
    info_group,
    name="info",
    rich_help_panel=EVERYDAY,
    help="Models, weights, and what is missing here.",
)
app.add_typer(
    weights_group, name="weights", rich_help_panel=EVERYDAY, help="Import published weights."
)
for command in (experiment, compare, agree, suspects, drift, interpret):
    app.command(rich_help_panel=STUDIES)(command)
app.command("tune", cls=SettingsCommand, rich_help_panel=STUDIES)(tune)
app.add_typer(
    risk.app,
    name="risk",
    rich_help_panel=RISK,
    help="From a likelihood to ratings, storms, strikes and a work list.",
)
app.add_typer(
    learn_group,
    name="learn",
    rich_help_panel=LEARN,
    help="Drawn trees, back-propagation by hand, Model 1 and the deck's results.",
)
for command in (simulate, demo, deck_results):
    learn_group.command()(command)
learn_group.command("model1")(backprop.model1)
learn_group.add_typer(
    backprop.app, name="backprop", help="The deck's back-propagation, every number of it."
)
info_group.command("models")(models)
info_group.command("weights")(list_weights)
info_group.command("doctor")(doctor)

check_places_of(app)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"arborisk {arborisk.__version__}")
        raise typer.Exit


@app.callback()
def about(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Print and leave."),
    ] = False,
) -> None:
    """Likelihood of tree failure from ground photographs, honestly measured.

    A photo alone is at most a Level 1 limited visual assessment of one side: it gives a likelihood,
    never a risk rating.
    """
