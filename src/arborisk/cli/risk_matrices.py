"""``arborisk risk matrices``: the tables that ratings are read from."""

from __future__ import annotations

from arborisk.cli.console import say


def matrices() -> None:
    """Prints both matrices and the default rule for impact, with their sources."""
    from arborisk.cli.text_table import text_table
    from arborisk.risk.rating.rules import load_rules
    from arborisk.scales import (
        Consequence,
        EventLikelihood,
        FailureLikelihood,
        ImpactLikelihood,
        Occupancy,
        Protection,
    )

    rules = load_rules()
    first = [
        [
            failure.word,
            *(rules.event_likelihood(failure, impact).word for impact in ImpactLikelihood),
        ]
        for failure in reversed(FailureLikelihood)
    ]
    second = [
        [event.word, *(rules.risk_rating(event, consequence).word for consequence in Consequence)]
        for event in reversed(EventLikelihood)
    ]
    third = [
        [
            occupancy.word,
            *(
                " or ".join(level.word for level in rules.impact_range(occupancy, protection))
                for protection in Protection
            ),
        ]
        for occupancy in Occupancy
    ]
    tables = (
        ("matrix_1", "failure, impact", ImpactLikelihood, first),
        ("matrix_2", "failure and impact, consequences", Consequence, second),
        ("impact_rule", "occupancy, protection", Protection, third),
    )
    say(f"{rules.name}: {rules.title}")
    for key, corner, kind, rows in tables:
        say(f"\n{text_table([corner, *(one.word for one in kind)], rows)}")
        say(f"Source: {rules.sources[key]}")
