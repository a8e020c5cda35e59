"""``arborisk risk``: ratings, probabilities and work lists, from what people state of trees."""

from __future__ import annotations

import typer

from arborisk.cli.risk_annual import annual
from arborisk.cli.risk_inventory import inventory
from arborisk.cli.risk_outcomes import outcomes
from arborisk.cli.risk_plan import plan
from arborisk.cli.risk_rate import rate
from arborisk.cli.risk_rating_text import explain, matrices
from arborisk.cli.storm import storm
from arborisk.cli.strike import strike

app = typer.Typer(
    help="From a likelihood of failure to a rating, a probability and a work list. A photo alone "
    "gives none of them.",
    no_args_is_help=True,
)
for command in (rate, inventory, storm, strike, plan, outcomes, annual, explain, matrices):
    app.command()(command)
