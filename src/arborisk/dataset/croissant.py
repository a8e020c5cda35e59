"""The card of a data set as Croissant JSON-LD, from its tables and nothing else."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import arborisk
from arborisk.dataset.croissant_terms import (
    CONTEXT,
    CROISSANT,
    MEANING,
    MEDIA,
    PLACE_COLUMNS,
    RESPONSIBLE,
    SUMMARY_KEY,
    TYPES,
)
from arborisk.dataset.data_limits import limits, privacy
from arborisk.dataset.data_summary import NOT_STATED, DataSummary, data_summary
from arborisk.dataset.data_words import description, how_labelled
from arborisk.dataset.data_words import places as places_told
from arborisk.dataset.rows import PHOTO_COLUMNS, RATING_COLUMNS
from arborisk.dataset.table import Dataset
from arborisk.wording.counts import counted


def data_card(
    dataset: Dataset,
    *,
    places: bool = False,
    tables: bool = True,
    creator: str = "",
    licence: str = "",
    url: str = "",
) -> dict[str, Any]:
    """The card of a data set as a JSON-LD object; the same data set gives the same card.

    No photo is named and, without `places`, no place: the number of photos with coordinates is
    told instead. Links are relative to the folder of the data set.

    Args:
        dataset: The data set.
        places: Give a bounding box of the coordinates, widened to 0.01 degrees, and describe their
            columns.
        tables: Describe the files of the data set and their columns. Without them the card is the
            summary alone, to go into a bundle that travels without the data.
        creator: Who made the data set, as a person states it.
        licence: Licence of the photos that state none, as a person states it.
        url: Where the data set is published, as a person states it.

    Source: Croissant format specification 1.0 and its RAI vocabulary 1.0, MLCommons.
    """
    summary = data_summary(dataset, places=places, licence=licence)
    card: dict[str, Any] = {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": [CROISSANT, RESPONSIBLE],
        "name": summary.name,
        "description": description(summary),
        "identifier": f"sha256:{summary.content_hash}",
        "license": [value for value in summary.licences if value != NOT_STATED] or NOT_STATED,
    }
    if creator:
        card["creator"] = {"@type": "sc:Organization", "name": creator}
    if url:
        card["url"] = url
    card |= _coverage(summary)
    card |= _responsible(summary)
    card[SUMMARY_KEY] = {"arborisk_version": arborisk.__version__, **summary.as_json()}
    if tables:
        card["distribution"] = _distribution(dataset, summary)
        card["recordSet"] = [*_label_records(summary), *_table_records(dataset, places=places)]
    else:
        card["recordSet"] = _label_records(summary)
    return card


def _coverage(summary: DataSummary) -> dict[str, Any]:
    """Times and, where asked for, places that the photos cover."""
    cover: dict[str, Any] = {}
    if summary.first_day and summary.last_day:
        days = (summary.first_day.isoformat(), summary.last_day.isoformat())
        cover["temporalCoverage"] = "/".join(days)
    if summary.box:
        box = summary.box
        corners = f"{box.south:.2f} {box.west:.2f} {box.north:.2f} {box.east:.2f}"
        cover["spatialCoverage"] = {
            "@type": "sc:Place",
            "geo": {"@type": "sc:GeoShape", "box": corners},
        }
    return cover


def _responsible(summary: DataSummary) -> dict[str, Any]:
    """The questions of the RAI vocabulary that the tables can answer."""
    return {
        "rai:dataCollection": f"Imported from a folder of photos. Places: {places_told(summary)}.",
        "rai:dataAnnotationProtocol": how_labelled(summary),
        "rai:annotationsPerItem": f"at most {counted(summary.most_ratings, 'rating')} a photo",
        "rai:dataLimitations": limits(summary),
        "rai:personalSensitiveInformation": privacy(summary),
    }


def _distribution(dataset: Dataset, summary: DataSummary) -> list[dict[str, Any]]:
    """The tables with their hashes, and the photos as they are named."""
    files = [
        {
            "@type": "cr:FileObject",
            "@id": name,
            "name": name,
            "description": text,
            "contentUrl": name,
            "encodingFormat": "text/csv",
            "sha256": sha256((dataset.folder / name).read_bytes()).hexdigest(),
        }
        for name, text in (
            ("photos.csv", "One row a photo."),
            ("ratings.csv", "One row a rating."),
        )
    ]
    photos = {
        "@type": "cr:FileSet",
        "@id": "photo-files",
        "name": "photo-files",
        "description": (
            "The photos, under the root that dataset.toml names; photos.csv holds the SHA-256 of "
            "each."
        ),
        "encodingFormat": sorted({MEDIA.get(ending, "image/*") for ending in summary.formats}),
        "includes": [f"**/*{ending}" for ending in sorted(summary.formats)],
    }
    return [*files, photos] if summary.formats else files


def _table_records(dataset: Dataset, *, places: bool) -> list[dict[str, Any]]:
    """Columns of the two tables; a table without a row has no records to describe."""
    left_out = () if places else PLACE_COLUMNS
    columns = [name for name in PHOTO_COLUMNS if name not in left_out]
    records = []
    if dataset.photos:
        records.append(_records("photos", columns, key="photo_id"))
    if dataset.ratings:
        records.append(_records("ratings", RATING_COLUMNS, key="rating_id"))
    return records


def _records(name: str, columns: list[str] | tuple[str, ...], *, key: str) -> dict[str, Any]:
    """One table as a record set."""
    fields = []
    for column in columns:
        field: dict[str, Any] = {
            "@type": "cr:Field",
            "@id": f"{name}/{column}",
            "name": column,
            "description": MEANING[column],
            "dataType": TYPES.get(column, "sc:Text"),
            "source": {"fileObject": {"@id": f"{name}.csv"}, "extract": {"column": column}},
        }
        if name == "ratings" and column == "photo_id":
            field["references"] = {"field": {"@id": "photos/photo_id"}}
        fields.append(field)
    return {
        "@type": "cr:RecordSet",
        "@id": name,
        "name": name,
        "key": {"@id": f"{name}/{key}"},
        "field": fields,
    }


def _label_records(summary: DataSummary) -> list[dict[str, Any]]:
    """The labels and how many photos have each, within the card."""
    if not summary.label_counts:
        return []
    meanings = {"label": ("sc:Text", "Label."), "n_photos": ("sc:Integer", "Photos with it.")}
    return [
        {
            "@type": "cr:RecordSet",
            "@id": "labels",
            "name": "labels",
            "dataType": "sc:Enumeration",
            "key": {"@id": "labels/label"},
            "field": [
                {
                    "@type": "cr:Field",
                    "@id": f"labels/{column}",
                    "name": column,
                    "description": text,
                    "dataType": kind,
                }
                for column, (kind, text) in meanings.items()
            ],
            "data": [
                {"labels/label": label, "labels/n_photos": count}
                for label, count in summary.label_counts.items()
            ],
        }
    ]
