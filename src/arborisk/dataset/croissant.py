"""The card of a data set as Croissant JSON-LD, from its tables and nothing else."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import arborisk
from arborisk.dataset.data_summary import NOT_STATED, DataSummary, data_summary
from arborisk.dataset.data_words import description, how_labelled, limits, privacy
from arborisk.dataset.data_words import places as places_told
from arborisk.dataset.table import PHOTO_COLUMNS, RATING_COLUMNS, Dataset
from arborisk.wording.counts import counted

CROISSANT = "http://mlcommons.org/croissant/1.0"
RESPONSIBLE = "http://mlcommons.org/croissant/RAI/1.0"
SUMMARY_KEY = "arborisk:summary"
"""Holds the counts as JSON for programs; other readers of Croissant pass over it."""

# Source: the context of the Croissant format specification 1.0, section "Appendix 1".
CONTEXT: dict[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "arborisk": "urn:arborisk:",
    SUMMARY_KEY: {"@id": "arborisk:summary", "@type": "@json"},
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
MEANING = {
    "photo_id": "Unique in the data set and stable between imports.",
    "file": "Path of the photo relative to the photo root in dataset.toml.",
    "sha256": "Hash of the file's bytes.",
    "phash": "64-bit perceptual hash, hexadecimal.",
    "width": "Pixels across, upright.",
    "height": "Pixels down, upright.",
    "taken_at": "Local time of exposure, where stated.",
    "latitude": "Degrees north, where stated.",
    "longitude": "Degrees east, where stated.",
    "heading_deg": "Compass direction of view in degrees, where stated.",
    "tree_id": "Tree shown, or empty.",
    "site_id": "Place, street or outing, or empty: photos of one site are not independent.",
    "view": "Part of the tree shown.",
    "label": "Label in its canonical spelling, or empty for an unrated photo.",
    "time_frame_years": "Time frame of the label, in years.",
    "season": "As given.",
    "source": "Where the photo came from.",
    "licence": "Licence of the photo.",
    "rating_id": "Unique in the data set.",
    "rater": "Who rated, or empty.",
    "rated_at": "When, as given.",
    "note": "The rater's note.",
}
TYPES = {
    **dict.fromkeys(("width", "height"), "sc:Integer"),
    **dict.fromkeys(("latitude", "longitude", "heading_deg"), "sc:Float"),
}
PLACE_COLUMNS = ("latitude", "longitude")
MEDIA = {
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".webp": "image/webp",
    ".tif": "image/tiff",
    ".tiff": "image/tiff",
    ".heic": "image/heic",
    ".heif": "image/heif",
}


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
