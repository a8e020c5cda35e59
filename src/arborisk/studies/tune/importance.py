"""How much of the spread of the loss each searched setting accounts for. Needs optuna."""

from __future__ import annotations

from arborisk.report.tune_records import Importance
from arborisk.studies.tune.space import Space
from arborisk.studies.tune.store import Study
from arborisk.wording.counts import counted

LEAST_TRIALS = 8
"""Trials from which on shares are told: a forest on fewer finds what it likes."""


def importances(study: Study, space: Space) -> Importance | None:
    """Shares by fANOVA, of the finished trials or, where those are few, after the first look.

    Trials that were stopped early have no final loss; but all have one after the epochs of
    Hyperband's first look, and are compared there.

    Args:
        study: Open.
        space: What was searched.

    Returns:
        None where too few trials can be compared, or all came to the same loss.

    Source: Hutter, Hoos and Leyton-Brown (2014), ICML (fANOVA).
    """
    from optuna.trial import TrialState

    finished = [trial for trial in study.trials if trial.state == TrialState.COMPLETE]
    look = study.store.least_epochs
    losses = [(trial, float(trial.value or 0.0)) for trial in finished]
    of = f"the final loss of the {len(finished)} finished trials"
    if len(finished) < LEAST_TRIALS and space.has_epochs:
        losses = [
            (trial, trial.intermediate_values[look])
            for trial in study.trials
            if look in trial.intermediate_values
        ]
        of = (
            f"the loss of {counted(len(losses), 'trial')} after {counted(look, 'epoch')}, which "
            "those stopped early reached"
        )
    if len(losses) < LEAST_TRIALS or len({loss for _, loss in losses}) < 2:
        return None
    import optuna
    from optuna.importance import FanovaImportanceEvaluator, get_param_importances

    compared = optuna.create_study(direction="minimize")
    for trial, loss in losses:
        compared.add_trial(
            optuna.trial.create_trial(
                params=trial.params, distributions=trial.distributions, value=loss
            )
        )
    shares = get_param_importances(
        compared, evaluator=FanovaImportanceEvaluator(seed=study.store.seed)
    )
    return Importance(shares, of)
