"""Are new photos still like those that a model learnt from? Tests over whole groups, and sizes."""

from arborisk.prediction.drift.compare import drift_of
from arborisk.prediction.drift.photos import NewPhotos, measure_photos
from arborisk.prediction.drift.record import Drift, Shift

__all__ = ["Drift", "NewPhotos", "Shift", "drift_of", "measure_photos"]
