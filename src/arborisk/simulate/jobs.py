"""One photo to draw, and what its file says of time and place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from PIL import ExifTags, Image

from arborisk.simulate.trees import DrawnTree, Site

CAMERA_MAKE = "arborisk drawn"


@dataclass(frozen=True, slots=True)
class PhotoJob:
    """One photo to draw.

    Attributes:
        name: File name without suffix.
        tree: The tree.
        site: Where it stands.
        taken_at: Local time of exposure.
        latitude: Degrees north.
        longitude: Degrees east.
        heading_deg: Compass direction of view, 0 to 360.
        seed: Seed of the camera's place and of all else that differs between photos.
    """

    name: str
    tree: DrawnTree
    site: Site
    taken_at: datetime
    latitude: float
    longitude: float
    heading_deg: float
    seed: int

    @property
    def file(self) -> str:
        """Path of the photo below the folder of photos."""
        return f"{self.name}.jpg"


def exif_of(job: PhotoJob) -> Image.Exif:
    """Time, place, direction and maker, as a phone writes them."""
    stamp = job.taken_at.strftime("%Y:%m:%d %H:%M:%S")
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = CAMERA_MAKE
    exif[ExifTags.Base.Model] = "drawn tree"
    exif[ExifTags.Base.Orientation] = 1
    exif[ExifTags.Base.DateTime] = stamp
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = stamp
    exif.get_ifd(ExifTags.IFD.GPSInfo).update(
        {
            ExifTags.GPS.GPSLatitudeRef: "N" if job.latitude >= 0 else "S",
            ExifTags.GPS.GPSLatitude: _degrees_minutes_seconds(job.latitude),
            ExifTags.GPS.GPSLongitudeRef: "E" if job.longitude >= 0 else "W",
            ExifTags.GPS.GPSLongitude: _degrees_minutes_seconds(job.longitude),
            ExifTags.GPS.GPSImgDirectionRef: "T",
            ExifTags.GPS.GPSImgDirection: job.heading_deg,
        }
    )
    return exif


def _degrees_minutes_seconds(angle_deg: float) -> tuple[float, float, float]:
    """Unsigned angle as EXIF keeps it; seconds to a thousandth, about 3 cm."""
    thousandths = round(abs(angle_deg) * 3_600_000)
    degrees, rest = divmod(thousandths, 3_600_000)
    minutes, rest = divmod(rest, 60_000)
    return float(degrees), float(minutes), rest / 1000
