"""Small assessments, made in one line."""

from arborisk.risk.rating.forms import assessment_of


def form(failure="Probable", impact=None, consequences="Severe", **more):
    """One finding, one target."""
    target = {"name": "footpath", "consequences": consequences}
    if impact is not None:
        target["impact"] = impact
    target |= {key: more.pop(key) for key in tuple(more) if key in TARGET_KEYS}
    finding = {"part": "trunk", "condition": "cavity", "failure": failure}
    return {
        "tree": "T-1",
        "assessor": "J. Doe",
        "level": 2,
        "time_frame_years": 3,
        "targets": [target],
        "findings": [finding],
    } | more


def assess(*args, **more):
    return assessment_of(form(*args, **more), where="a test")


TARGET_KEYS = ("occupancy", "protection", "zone", "fall_direction", "always_there")
