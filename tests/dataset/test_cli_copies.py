"""Copies through the command line: import, split and audit."""

import json

import pytest
from PIL import Image, ImageDraw
from typer.testing import CliRunner

from arborisk.cli.app import app
from arborisk.dataset import importing


def arborisk(*words):
    done = CliRunner().invoke(app, [str(word) for word in words])
    assert done.exit_code == 0, done.output
    return done


def imported(photos, out, lines, header="file,label"):
    table = photos.parent / "labels.csv"
    table.write_text("\n".join([header, *lines]), encoding="utf-8")
    arborisk(
        "import",
        photos,
        "--out",
        out,
        "--labels",
        table,
        "--no-prepare",
        "--processes",
        1,
    )
    return out


def cropped(image):
    return image.crop((18, 14, 222, 167))  # 15 % of each side


def turned(image):
    return image.transpose(Image.Transpose.ROTATE_90)


def test_crops_and_quarter_turns_in_a_test_part_are_leaks_and_a_split_keeps_them_whole(
    scene, tmp_path
):
    pytest.importorskip("cv2")
    photos = tmp_path / "photos"
    photos.mkdir()
    lines, parts = [], ["file,part"]
    for number in range(8):
        image, label = scene(240, 180, number), ("Probable", "Improbable")[number % 2]
        image.save(photos / f"{number}.png")
        change = turned if number % 3 else cropped
        change(image).save(photos / f"{number}-copy.png")
        lines += [f"{name}.png,{label}" for name in (f"{number}", f"{number}-copy")]
        parts += [f"{number}.png,train", f"{number}-copy.png,test"]
    dataset = imported(photos, tmp_path / "data", lines)
    leaky = tmp_path / "leaky.csv"
    leaky.write_text("\n".join(parts), encoding="utf-8")
    audit = ("audit", dataset, "--format", "json", "--split")
    leaks = json.loads(arborisk(*audit, leaky).stdout)["leaks"]
    told = " ".join(change for leak in leaks for change in leak["changes"])
    assert len(leaks) == 8
    assert told.count("turned by 90 degrees") + told.count("turned by 270 degrees") == 5
    assert told.count("of the area removed") == 3
    assert "cropped" in arborisk("audit", dataset, "--split", leaky).stdout
    whole = tmp_path / "whole.csv"
    arborisk("split", dataset, "--out", whole)
    assert json.loads(arborisk(*audit, whole).stdout)["leaks"] == []
    assert "16 of 16 photos have no tree" in arborisk(*audit[:2], "--split", whole).stdout


def framed(image):
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 0, image.width - 1, image.height - 1), outline="black", width=12)
    return image


def captioned(image):
    pen, top = ImageDraw.Draw(image), round(0.86 * image.height)
    pen.rectangle((0, top, image.width, image.height), fill="white")
    pen.text((8, top + 4), "City of Springfield, tree inventory", fill="black", font_size=14)
    return image


@pytest.mark.parametrize("share", [framed, captioned])
def test_frames_and_captions_link_no_different_trees_without_the_extra(
    scene, tmp_path, monkeypatch, share
):
    monkeypatch.setattr(importing, "found_search", lambda: "thumbnails")
    photos = tmp_path / "photos"
    photos.mkdir()
    for number in range(14):
        share(scene(240, 180, number)).save(photos / f"{number}.png")
    lines = [f"{number}.png,Probable,t{number}" for number in range(14)]
    dataset = imported(photos, tmp_path / "data", lines, header="file,label,tree")
    told = json.loads((dataset / "import.json").read_text(encoding="utf-8"))
    assert told["n_near_duplicate_pairs"] == 0
    assert "Crops, turned" in told["copies_not_looked_for"]


def test_a_split_states_that_tree_ids_were_trusted_and_the_audit_repeats_it(scene, tmp_path):
    photos = tmp_path / "photos"
    photos.mkdir()
    for number in range(6):
        scene(96, 96, number).save(photos / f"{number}.png")
    scene(96, 96, 0).save(photos / "other.png")
    lines = [f"{n}.png,{('Probable', 'Improbable')[n % 2]},t{n}" for n in range(6)]
    dataset = imported(
        photos, tmp_path / "data", [*lines, "other.png,Improbable,t9"], header="file,label,tree"
    )
    for options, said in ((["--trust-tree-ids"], True), ([], False)):
        split = tmp_path / f"{said}.csv"
        arborisk("split", dataset, "--out", split, *options)
        told = arborisk("audit", dataset, "--split", split).stdout
        assert ("made with --trust-tree-ids" in told) == said
