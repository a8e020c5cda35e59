"""What is done to a photo to make its copy, for benchmarks/copies.py."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter

Change = Callable[[Image.Image], Image.Image]
TURN = Image.Transpose
BICUBIC = Image.Resampling.BICUBIC


def crop(share: float, random: np.random.Generator, *, aspect: float = 1.0) -> Change:
    """Takes a share of the area off, anywhere; the rest has its sides changed by up to `aspect`."""

    def change(image: Image.Image) -> Image.Image:
        left_over = (1 - share) ** 0.5
        across = min(1.0, left_over * float(np.exp(random.uniform(-1, 1) * np.log(aspect))))
        width = int(image.width * across)
        height = int(image.height * min(1.0, (1 - share) / across))
        x = int(random.integers(0, image.width - width + 1))
        y = int(random.integers(0, image.height - height + 1))
        return image.crop((x, y, x + width, y + height))

    return change


def turn(degrees: float, *, mirrored_corners: bool = False, larger: bool = False) -> Change:
    """Turns; corners are black, or the picture mirrored, or the frame grows."""

    def change(image: Image.Image) -> Image.Image:
        if not mirrored_corners:
            return image.rotate(degrees, BICUBIC, expand=larger)
        pixels = np.asarray(image)
        height, width = pixels.shape[:2]
        wide = np.pad(pixels, ((height // 2,) * 2, (width // 2,) * 2, (0, 0)), mode="reflect")
        turned = Image.fromarray(wide).rotate(degrees, BICUBIC)
        x, y = width // 2, height // 2
        return turned.crop((x, y, x + width, y + height))

    return change


def stretch(across: float = 1.0, down: float = 1.0) -> Change:
    """Stretches the sides."""
    return lambda image: image.resize((int(image.width * across), int(image.height * down)))


def border(share: float, colour: str) -> Change:
    """Paints a frame over the picture."""

    def change(image: Image.Image) -> Image.Image:
        edge = int(share * image.width)
        made = Image.new("RGB", image.size, colour)
        made.paste(image.crop((edge, edge, image.width - edge, image.height - edge)), (edge, edge))
        return made

    return change


def caption(image: Image.Image) -> Image.Image:
    """A white strip with words over the lowest tenth."""
    made, top = image.copy(), int(0.9 * image.height)
    pen = ImageDraw.Draw(made)
    pen.rectangle((0, top, image.width, image.height), fill="white")
    pen.text((10, top + 8), "Tree inventory, City of Springfield", fill="black", font_size=22)
    return made


def stamp(image: Image.Image) -> Image.Image:
    """A date in the corner."""
    made = image.copy()
    place = (0.55 * image.width, 0.9 * image.height)
    ImageDraw.Draw(made).text(place, "2021-06-03 14:22", fill="orange", font_size=26)
    return made


def letterbox(image: Image.Image) -> Image.Image:
    """Squeezed between black bars."""
    made, height = Image.new("RGB", image.size), int(0.75 * image.height)
    made.paste(image.resize((image.width, height)), (0, (image.height - height) // 2))
    return made


def jpeg(quality: int) -> Change:
    """Encoded anew."""

    def change(image: Image.Image) -> Image.Image:
        buffer = io.BytesIO()
        image.save(buffer, "JPEG", quality=quality)
        return Image.open(buffer).convert("RGB")

    return change


def noise(image: Image.Image) -> Image.Image:
    """Noise of 15 grey levels."""
    random = np.random.default_rng(0)
    pixels = np.asarray(image) + random.normal(0, 15, (image.height, image.width, 3))
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))


def smaller(share: float) -> Change:
    """Both sides shrunk."""
    return stretch(share, share)


def bright(factor: float) -> Change:
    """Brighter or darker."""
    return lambda image: ImageEnhance.Brightness(image).enhance(factor)


def way(how: Image.Transpose) -> Change:
    """A quarter turn or a mirroring."""
    return lambda image: image.transpose(how)


def both(*changes: Change) -> Change:
    """One after the other."""

    def change(image: Image.Image) -> Image.Image:
        for one in changes:
            image = one(image)
        return image

    return change


def single_changes(random: np.random.Generator) -> dict[str, Change]:
    """Single changes: up to 33 % removed, 10 degrees and 1.3 times, then beyond."""
    return {
        "JPEG at quality 10": jpeg(10),
        "a tenth of the size": smaller(0.1),
        "a quarter of the size": smaller(0.25),
        "grey": lambda image: image.convert("L").convert("RGB"),
        "1.5 times as bright": bright(1.5),
        "half as bright": bright(0.5),
        "noise": noise,
        "blurred by 2 px": lambda image: image.filter(ImageFilter.GaussianBlur(2)),
        "mirrored": way(TURN.FLIP_LEFT_RIGHT),
        "upside down": way(TURN.FLIP_TOP_BOTTOM),
        "turned by 90 degrees": way(TURN.ROTATE_90),
        "turned by 180 degrees": way(TURN.ROTATE_180),
        "turned by 270 degrees": way(TURN.ROTATE_270),
        "5 % removed": crop(0.05, random),
        "15 % removed": crop(0.15, random),
        "33 % removed": crop(0.33, random),
        "33 % removed, other sides": crop(0.33, random, aspect=1.2),
        "turned by 5 degrees": turn(5),
        "turned by 10 degrees": turn(-10),
        "turned by 10, mirrored corners": turn(10, mirrored_corners=True),
        "1.3 times as wide": stretch(1.3),
        "1.3 times as high": stretch(1.0, 1.3),
        "black border of 6 %": border(0.06, "black"),
        "white border of 12 %": border(0.12, "white"),
        "caption": caption,
        "stamp": stamp,
        "letterbox": letterbox,
        "beyond: 50 % removed": crop(0.5, random),
        "beyond: 50 % removed, other sides": crop(0.5, random, aspect=1.3),
        "beyond: turned by 15 degrees": turn(15),
        "beyond: turned by 15, larger frame": turn(15, larger=True),
        "beyond: 1.5 times as wide": stretch(1.5),
        "beyond: 1.5 times as high": stretch(1.0, 1.5),
    }


def pairs_of_changes(random: np.random.Generator) -> dict[str, Change]:
    """Two changes, one after the other."""
    return {
        "33 % removed + quarter turn": both(crop(0.33, random), way(TURN.ROTATE_90)),
        "33 % removed + mirrored": both(crop(0.33, random), way(TURN.FLIP_LEFT_RIGHT)),
        "33 % removed + turned by 10": both(crop(0.33, random), turn(10)),
        "33 % removed + 1.3 times as wide": both(crop(0.33, random), stretch(1.3)),
        "33 % removed + border": both(crop(0.33, random), border(0.06, "black")),
        "33 % removed + caption": both(crop(0.33, random), caption),
        "33 % removed + a quarter of the size": both(crop(0.33, random), smaller(0.25)),
        "50 % removed + turned by 15": both(turn(15), crop(0.5, random)),
        "50 % removed + 1.5 times as wide": both(crop(0.5, random), stretch(1.5)),
        "turned by 15 + 1.4 times as bright": both(turn(15), bright(1.4)),
        "turned by 15 + mirrored": both(turn(-15), way(TURN.FLIP_LEFT_RIGHT)),
        "turned by 15 + 1.5 times as high": both(turn(15), stretch(1.0, 1.5)),
        "turned by 15 + noise": both(turn(15), noise),
        "quarter turn + 1.5 times as wide": both(way(TURN.ROTATE_90), stretch(1.5)),
        "1.5 times as wide + letterbox": both(stretch(1.5), letterbox),
        "1.5 times as wide + JPEG at 10": both(stretch(1.5), jpeg(10)),
        "33 % removed twice": both(crop(0.33, random), crop(0.33, random)),
    }
