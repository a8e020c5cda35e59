"""Sound inputs of every kind, which `fuzz_tables.py` then spoils."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import numpy as np
from PIL import Image

from arborisk.grids import __path__ as grid_places
from arborisk.risk import storm as storm_room
from arborisk.tables.write import write_table

N_TREES = 12
N_PHOTOS = 9
WORDS = ("Improbable", "Possible", "Probable", "Possible-Probable", "Imp.", "n/a")

FORM = """tree = "17"
assessor = "J. Doe"
date = "2026-05-04"
level = 2
time_frame_years = 3

[[targets]]
name = "footpath"
occupancy = "Frequent"
zone = "Within"
consequences = "Severe"

[[findings]]
part = "crown"
condition = "dead limb"
failure = "Probable"

[[findings]]
part = "trunk"

[[options]]
name = "remove the dead limb"
cost = 400

[[options.residual]]
finding = "crown"
failure = "Improbable"
"""
MAP = """[columns]
tree = "Tree ID"
height = "height_m"

[units]
height = "m"

[codes.failure]
1 = "Improbable"
2 = "Possible"

[words]
bad = "Probable"
"""
PRIOR = """name = "own"
event = "a broken branch"
source = "our count"

[classes]
Improbable = { share = 0.0, equivalent = 20 }
Possible = { share = 0.1, equivalent = 20 }
Probable = { share = 0.4, equivalent = 20 }
Imminent = { share = 0.9, equivalent = 20 }
"""
SCHEME = """name = "own"
ordered = true

[[classes]]
name = "Low"
title = "Low"
members = ["Improbable"]

[[classes]]
name = "High"
title = "High"
members = ["Possible", "Probable"]
"""
CLIMATE = """law = "gumbel"
source = "our mast"
mode_ms = [20.0, 1.0]
scale_ms = [3.0, 0.3]
"""
SETTINGS = """scheme = "Pr_Po_Im"
model = "model1"

[preprocess]
size_px = 32

[training]
epochs = 1
"""


def _trees() -> list[dict[str, object]]:
    return [
        {
            "Tree ID": f"T{number}",
            "species": "Acer rubrum",
            "kind": "broadleaf",
            "condition": "living",
            "target": "path",
            "failure": WORDS[number % len(WORDS)],
            "impact": "Low",
            "consequences": "Minor",
            "height_m": 10.0 + number,
            "dbh_cm": 30.0 + number,
            "crown_width_m": 6.0,
            "note": "caf\u00e9, \u201cold\u201d",
            "longitude": -75.88 + number * 1e-4,
            "latitude": 42.11,
        }
        for number in range(N_TREES)
    ]


def _answers() -> list[dict[str, object]]:
    return [
        {
            "photo": f"{number}.jpg", "tree_id": f"T{number}" if number else "17", "status": "ok",
            "failure": "", "scheme": "Pr_Po_Im", "p_Im": 0.62, "training_share_Im": 0.7,
            "p_Po": 0.3, "training_share_Po": 0.2, "p_Pr": 0.08, "training_share_Pr": 0.1,
            "likelihood": "Improbable", "likelihood_set": "Improbable | Possible",
            "referral": "routine", "reasons": "", "time_frame_years": "not stated",
            "calibration": "bias", "bundle_id": "example",
        }
        for number in range(N_PHOTOS)
    ]  # fmt: skip


def _lines() -> dict[str, object]:
    line = {"type": "LineString", "coordinates": [[-75.881, 42.1101], [-75.878, 42.1101]]}
    road = {
        "type": "Polygon",
        "coordinates": [[[-75.881, 42.1], [-75.87, 42.1], [-75.87, 42.109], [-75.881, 42.1]]],
    }
    return {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "properties": {"circuit": "A", "customers": 40}, "geometry": line},
            {"type": "Feature", "properties": {"circuit": "B"}, "geometry": road},
        ],
    }


def write_bases(folder: Path) -> dict[str, Path]:
    """Writes one sound input of every kind.

    Args:
        folder: Where to.

    Returns:
        Path by name; the part of a name before its dot is what `fuzz_tables.py` asks for.
    """
    found: dict[str, Path] = {}

    def keep(name: str) -> Path:
        found[name] = folder / name
        return folder / name

    trees = _trees()
    for suffix in (".csv", ".jsonl", ".geojson", ".xlsx", ".gpkg", ".parquet"):
        write_table(keep(f"trees{suffix}"), list(trees[0]), trees)
    plain = (folder / "trees.csv").read_text(encoding="utf-8")
    keep("trees.tsv").write_text(plain.replace(",", "\t"), encoding="utf-8")
    keep("trees.txt").write_text(plain.replace(",", ";").replace(".", ","), encoding="cp1252")
    _shapefile(folder, keep("trees.zip"))
    answers = _answers()
    for suffix in (".csv", ".jsonl", ".xlsx", ".parquet"):
        write_table(keep(f"answers{suffix}"), list(answers[0]), answers)
    ratings = [
        {
            "file": f"{number}.jpg",
            "tree": f"T{number}",
            "rater": rater,
            "label": WORDS[number % 3],
        }
        for number in range(N_PHOTOS)
        for rater in ("A", "B")
    ]
    for suffix in (".csv", ".xlsx"):
        write_table(keep(f"ratings{suffix}"), list(ratings[0]), ratings)
    options = [
        {
            "tree": f"T{number}", "option": "prune", "cost": 100.0, "failure": "Probable",
            "failure_after": "Possible", "impact_chance": 0.2, "loss": 5000, "latitude": 42.1,
            "longitude": -75.8,
        }
        for number in range(N_TREES)
    ]  # fmt: skip
    for suffix in (".csv", ".geojson", ".xlsx"):
        write_table(keep(f"options{suffix}"), list(options[0]), options)
    storm = [
        {"tree": number, "failure": WORDS[number % 3], "failed": "no", "chance": 0.1}
        for number in range(N_TREES)
    ]
    for suffix in (".csv", ".parquet"):
        write_table(keep(f"outcomes{suffix}"), list(storm[0]), storm)
    gusts = [
        {
            "longitude": -75.9 + 0.01 * x,
            "latitude": 42.1 + 0.01 * y,
            "gust_ms": 30.0 + x,
            "gust_sd_ms": 2,
        }
        for x in range(4)
        for y in range(3)
    ]
    for suffix in (".csv", ".gpkg"):
        write_table(keep(f"gusts{suffix}"), list(gusts[0]), gusts)
    keep("lines.geojson").write_text(json.dumps(_lines()), encoding="utf-8")
    split = [{"file": f"{number}.jpg", "part": "train"} for number in range(N_PHOTOS)]
    write_table(keep("split.csv"), ["file", "part"], split)
    keep("form.toml").write_text(FORM, encoding="utf-8")
    keep("form.json").write_text(json.dumps(_form()), encoding="utf-8")
    for name, text in (
        ("map.toml", MAP),
        ("prior.toml", PRIOR),
        ("scheme.toml", SCHEME),
        ("climate.toml", CLIMATE),
        ("settings.toml", SETTINGS),
    ):
        keep(name).write_text(text, encoding="utf-8")
    assumed = Path(next(iter(storm_room.__path__))) / "open_grown_2026.toml"
    keep("assumptions.toml").write_bytes(assumed.read_bytes())
    keep("grid.toml").write_bytes((Path(next(iter(grid_places))) / "deck.toml").read_bytes())
    return found


def write_photos(folder: Path) -> None:
    """Writes a few small pictures."""
    folder.mkdir()
    random = np.random.default_rng(0)
    for number in range(N_PHOTOS):
        pixels = random.integers(0, 255, (48, 64, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(folder / f"{number}.jpg")


def _form() -> dict[str, object]:
    import tomllib

    return tomllib.loads(FORM)


def _shapefile(folder: Path, path: Path) -> None:
    """The trees as a shapefile in a ZIP file."""
    import pyogrio

    _, table = pyogrio.read_arrow(folder / "trees.gpkg")
    parts = folder / "shape"
    parts.mkdir()
    pyogrio.write_arrow(
        table, parts / "trees.shp", geometry_type="Point", crs="EPSG:4326", geometry_name="geom"
    )
    with zipfile.ZipFile(path, "w") as packed:
        for part in sorted(parts.iterdir()):
            packed.write(part, part.name)
