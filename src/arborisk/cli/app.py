"""The table of commands."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from typer.core import TyperGroup

import arborisk
from arborisk.cli import backprop, dataset, risk, weights
from arborisk.cli.agree import agree
from arborisk.cli.augment_preview import augment_preview
from arborisk.cli.certainty import certainty
from arborisk.cli.compare import compare
from arborisk.cli.deck_results import deck_results
from arborisk.cli.demo import demo
from arborisk.cli.doctor import doctor
from arborisk.cli.drift import drift
from arborisk.cli.evaluate import evaluate
from arborisk.cli.experiment import experiment
from arborisk.cli.explain import explain
from arborisk.cli.interpret import interpret
from arborisk.cli.models import models
from arborisk.cli.places import check_places_of
from arborisk.cli.predict import predict
from arborisk.cli.simulate import simulate
from arborisk.cli.split import split
from arborisk.cli.storm import storm
from arborisk.cli.strike import strike
from arborisk.cli.suspects import suspects
from arborisk.cli.table import table
from arborisk.cli.train import train
from arborisk.cli.tune import tune
from arborisk.errors import as_sentence


class Commands(TyperGroup):
    """All commands, with errors told in sentences before Typer takes some of them for its own.

    Typer answers a file that ends early with "Aborted!", and a closed pipe with nothing.
    """

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


app = typer.Typer(
    name="arborisk",
    cls=Commands,
    help="Likelihood of tree failure from ground photographs, honestly measured.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

app.add_typer(dataset.app, name="dataset", help="Import photos and labels; audit a data set.")
app.add_typer(risk.app, name="risk", help="From likelihood to rating, probability and work list.")
app.add_typer(backprop.app, name="backprop", help="The deck's back-propagation, every number.")
app.add_typer(weights.app, name="weights", help="Import and list published weights.")
for command in (
    *(split, train, evaluate, predict, certainty, drift),
    *(experiment, compare, tune, augment_preview, models, deck_results, agree),
    *(explain, interpret),
    *(suspects, table, storm, strike),
    *(simulate, demo, doctor),
):
    app.command()(command)

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
