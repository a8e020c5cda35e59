"""Pictures whose parts are known, and what is changed in them so that a head learns no accident.

Drawn photos have a mask; park photos have rectangles, each purely of one part. Both become a
picture with the share of each part in each pixel, which is 0 for all where nothing is known.
"""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from arborisk.explanation.parts.part_map import GRID_LONG_SIDE_PX, PARTS, PartMap
from arborisk.simulate.drawing.canvas import PART_CODES
from parts_gaps import sky_share

Random = np.random.Generator
RECTANGLE = ("x_px", "y_px", "width_px", "height_px")
SKY, GROUND, BUILT = (PARTS.index(name) for name in ("sky", "ground", "built"))


@dataclass(frozen=True, slots=True)
class Known:
    """A picture and what is known of it.

    Attributes:
        picture: Any size.
        share: Of each part in each pixel, uint8 0 to 255, shape (n_parts, height, width).
        region: Number of the rectangle a pixel lies in, or -1; shape (height, width).
        group: Tree or outing.
        drawn: Whether it was drawn.
    """

    picture: Image.Image
    share: NDArray[np.uint8]
    region: NDArray[np.int32]
    group: str
    drawn: bool


def drawn_photos(stand: Path) -> list[Known]:
    """The photos of a stand with their masks; a living crown out of leaf counts as bare wood."""
    kind = {row["tree_id"]: row["kind"] for row in _rows(stand / "truth.csv")}
    found = []
    for row in _rows(stand / "labels.csv"):
        path = stand / "photos" / row["file"]
        picture = Image.open(path).convert("RGB")
        codes = np.array(Image.open(stand / "masks" / f"{path.stem}.png"))
        if row["season"] == "leaf_off" and kind[row["tree"]] == "broadleaf":
            codes[codes == PART_CODES["crown"]] = PART_CODES["dead_crown"]
        share = (PartMap.from_drawn(codes, np.asarray(picture)).probability * 255).astype(np.uint8)
        nowhere = np.full(codes.shape, -1, np.int32)
        found.append(Known(picture, share, nowhere, f"{stand.name} {row['tree']}", True))
    return found


def _rows(table: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(table.open(encoding="utf-8")))


def park_photos(park: Path, regions: Path) -> list[Known]:
    """The park photos in which rectangles were marked."""
    outing = {row["file"]: row["outing"] for row in _rows(park / "photos.csv")}
    marked = defaultdict(list)
    for number, row in enumerate(_rows(regions)):
        marked[row["file"]].append((number, row))
    return [_park_photo(park / file, own, outing[file]) for file, own in sorted(marked.items())]


def _park_photo(path: Path, marked: list[tuple[int, dict[str, str]]], outing: str) -> Known:
    picture = Image.open(path).convert("RGB")
    pixels = np.asarray(picture, dtype=np.float64)
    share = np.zeros((len(PARTS), picture.height, picture.width), np.uint8)
    region = np.full(share.shape[1:], -1, np.int32)
    skies = [pixels[_inside(row)].mean(axis=(0, 1)) for _, row in marked if row["part"] == "sky"]
    for number, row in marked:
        inside = _inside(row)
        sky = sky_share(pixels[inside], row["part"], skies)
        known = np.isfinite(sky)
        share[:, *inside] = 0
        share[PARTS.index(row["part"]), *inside] = np.where(known, 255 * (1 - sky), 0)
        share[SKY, *inside] += np.where(known, 255 * sky, 0).astype(np.uint8)
        region[inside] = number
    return Known(picture, share, region, outing, False)


def _inside(row: dict[str, str]) -> tuple[slice, slice]:
    left, top, width, height = (int(row[name]) for name in RECTANGLE)
    return slice(top, top + height), slice(left, left + width)


def plain(known: Known) -> tuple[NDArray[np.uint8], NDArray[np.float32], NDArray[np.int32]]:
    """Picture, shares and regions on the grid, unchanged."""
    return _resized(known, (0, 0, *known.picture.size), GRID_LONG_SIDE_PX)


def changed(
    known: Known, random: Random
) -> tuple[NDArray[np.uint8], NDArray[np.float32], NDArray[np.int32]]:
    """The same of a part of the picture, in another light, of another sharpness, maybe mirrored."""
    width, height = known.picture.size
    box = (0, 0, width, height)
    if random.random() < 0.5:
        # Not much smaller: which tree is meant shows in where it stands among the others.
        wide, high = (round(side * random.uniform(0.6, 1.0)) for side in (width, height))
        left, top = (int(random.integers(0, most + 1)) for most in (width - wide, height - high))
        box = (left, top, left + wide, top + high)
    long_side = GRID_LONG_SIDE_PX if random.random() < 0.7 else int(random.integers(280, 512))
    picture, share, region = _resized(known, box, long_side)
    if random.random() < 0.5:
        picture, share, region = picture[:, ::-1], share[:, :, ::-1], region[:, ::-1]
    values = picture.astype(np.float32)
    if known.drawn:
        if random.random() < 0.5:
            values = _other_sky(values, share[SKY], random)
        if random.random() < 0.3:
            values = _other_ground(values, share[GROUND], random)
        if random.random() < 0.35:
            values, share = _with_wires(values, share, random)
    strength = 1.0 if known.drawn else 0.5
    return _degraded(_relit(values, random, strength), random), share, region


def _resized(
    known: Known, box: tuple[int, int, int, int], long_side: int
) -> tuple[NDArray[np.uint8], NDArray[np.float32], NDArray[np.int32]]:
    scale = long_side / max(box[2] - box[0], box[3] - box[1])
    scale = min(scale, 1.6)
    size = (round((box[2] - box[0]) * scale), round((box[3] - box[1]) * scale))
    picture = known.picture.resize(size, Image.Resampling.BICUBIC, box=box)
    kind = Image.Resampling.BOX if scale < 1 else Image.Resampling.BILINEAR
    shares = [Image.fromarray(one).resize(size, kind, box=box) for one in known.share]
    share = np.stack([np.asarray(one) for one in shares]).astype(np.float32) / 255
    region = Image.fromarray(known.region).resize(size, Image.Resampling.NEAREST, box=box)
    return np.asarray(picture), share, np.asarray(region)


def _cloudy(shape: tuple[int, int], random: Random, cells: int) -> NDArray[np.float32]:
    """Smooth noise about 0, shape (height, width)."""
    small = random.normal(0, 1, (cells, cells)).astype(np.float32)
    return np.asarray(Image.fromarray(small).resize(shape[::-1], Image.Resampling.BICUBIC))


def _other_sky(
    values: NDArray[np.float32], sky: NDArray[np.float32], random: Random
) -> NDArray[np.float32]:
    """Another sky: overcast, too bright, deep blue, or of an evening."""
    colours = np.array(
        [[235, 238, 242], [254, 254, 254], [190, 195, 205], [95, 150, 220], [40, 90, 190],
         [235, 205, 215], [150, 165, 185], [210, 225, 245]], np.float32
    )  # fmt: skip
    top, bottom = colours[random.integers(0, len(colours), 2)] + random.normal(0, 10, (2, 3))
    down = np.linspace(0, 1, len(sky), dtype=np.float32)[:, None, None]
    new = top * (1 - down) + bottom * down
    clouds = _cloudy(sky.shape, random, int(random.integers(3, 9)))[..., None]
    new = new + clouds * random.uniform(0, 25)
    covered = sky[..., None]
    return np.asarray(values * (1 - covered) + new * covered, dtype=np.float32)


def _other_ground(
    values: NDArray[np.float32], ground: NDArray[np.float32], random: Random
) -> NDArray[np.float32]:
    """Snow, asphalt, dry grass or bare soil: the ground's own pattern in other colours."""
    colours = np.array(
        [[235, 238, 245], [205, 210, 222], [120, 120, 124], [165, 150, 105], [110, 90, 70]],
        np.float32,
    )
    new = colours[random.integers(0, len(colours))] + random.normal(0, 10, 3)
    light = values.mean(axis=2, keepdims=True)
    middle = light[ground > 0.5].mean() if (ground > 0.5).any() else 0.0
    pattern = (light - middle) * random.uniform(0.1, 0.8)
    pattern = pattern + _cloudy(ground.shape, random, 8)[..., None] * 8
    covered = ground[..., None]
    return np.asarray(values * (1 - covered) + (new + pattern) * covered, dtype=np.float32)


def _with_wires(
    values: NDArray[np.float32], share: NDArray[np.float32], random: Random
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Wires of any slope in front of all: the drawn ones are nearly level, real ones rarely."""
    height, width = share.shape[1:]
    fine = 4
    canvas = Image.new("L", (width * fine, height * fine))
    pen = ImageDraw.Draw(canvas)
    start = random.uniform(0, 1, 2) * (width, height)
    slope = random.uniform(0, np.pi)
    along = np.array([np.cos(slope), np.sin(slope)]) * (width + height)
    for _ in range(int(random.integers(1, 7))):
        ends = start + random.normal(0, 25, 2) + np.outer([-1, 1], along + random.normal(0, 25, 2))
        thick = max(1, round(fine * random.uniform(0.4, 2.2)))
        pen.line([(float(x), float(y)) for x, y in ends * fine], fill=255, width=thick)
    covered = np.asarray(canvas.resize((width, height), Image.Resampling.BOX), np.float32) / 255
    colour = np.float32(random.uniform(15, 110))
    share = share * (1 - covered)
    share[BUILT] += covered
    return values + (colour - values) * covered[..., None], share


def _relit(values: NDArray[np.float32], random: Random, strength: float) -> NDArray[np.float32]:
    """Other colours, contrast and exposure; at times nearly a silhouette, or hazy."""
    grey = values.mean(axis=2, keepdims=True)
    values = grey + (values - grey) * np.float32(
        random.uniform(1 - 0.7 * strength, 1 + 0.4 * strength)
    )
    values = values * np.exp(random.normal(0, 0.08 * strength, 3)).astype(np.float32)
    power = np.exp(random.normal(0, 0.35 * strength))
    values = 255 * (np.clip(values, 0, 255) / 255) ** np.float32(power)
    lift = random.uniform(0, 60) * strength if random.random() < 0.25 else 0.0
    gain = np.exp(random.normal(0, 0.15 * strength))
    return np.asarray(lift + values * np.float32(gain * (255 - lift) / 255), dtype=np.float32)


def _degraded(values: NDArray[np.float32], random: Random) -> NDArray[np.uint8]:
    """Grain, blur and the marks of a compressed file."""
    values = values + random.normal(0, random.uniform(0, 6), values.shape).astype(np.float32)
    picture = Image.fromarray(np.clip(values, 0, 255).astype(np.uint8))
    if random.random() < 0.4:
        picture = picture.filter(ImageFilter.GaussianBlur(random.uniform(0.2, 1.0)))
    if random.random() < 0.5:
        stream = io.BytesIO()
        picture.save(stream, "JPEG", quality=int(random.integers(40, 95)))
        picture = Image.open(stream).convert("RGB")
    return np.asarray(picture)
