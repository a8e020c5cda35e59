"""Words of the Croissant format, and what the columns of our tables mean in them."""

from __future__ import annotations

from typing import Any

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
