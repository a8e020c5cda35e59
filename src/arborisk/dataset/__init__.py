"""From photos and ratings to one checked table."""

from arborisk.dataset.audit import audit_dataset
from arborisk.dataset.audit_report import AuditReport
from arborisk.dataset.copy_links import CopyLinks, links_of
from arborisk.dataset.croissant import data_card
from arborisk.dataset.data_summary import DataSummary, data_summary
from arborisk.dataset.import_report import ImportReport
from arborisk.dataset.importing import Imported, import_photos
from arborisk.dataset.loading import load_dataset, load_thumbnails
from arborisk.dataset.options import ImportOptions
from arborisk.dataset.table import Dataset, DuplicatePair, LabelledPhotos, apply_scheme

__all__ = [
    "AuditReport",
    "CopyLinks",
    "DataSummary",
    "Dataset",
    "DuplicatePair",
    "ImportOptions",
    "ImportReport",
    "Imported",
    "LabelledPhotos",
    "apply_scheme",
    "audit_dataset",
    "data_card",
    "data_summary",
    "import_photos",
    "links_of",
    "load_dataset",
    "load_thumbnails",
]
