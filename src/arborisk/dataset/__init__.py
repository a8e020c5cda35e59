"""From photos and ratings to one checked table."""

from arborisk.dataset.audit import audit_dataset
from arborisk.dataset.audit_report import AuditReport
from arborisk.dataset.import_report import ImportReport
from arborisk.dataset.importing import Imported, import_photos
from arborisk.dataset.loading import load_dataset, load_thumbnails
from arborisk.dataset.options import ImportOptions
from arborisk.dataset.table import Dataset, DuplicatePair, LabelledPhotos, apply_scheme

__all__ = [
    "AuditReport",
    "Dataset",
    "DuplicatePair",
    "ImportOptions",
    "ImportReport",
    "Imported",
    "LabelledPhotos",
    "apply_scheme",
    "audit_dataset",
    "import_photos",
    "load_dataset",
    "load_thumbnails",
]
