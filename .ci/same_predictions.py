"""Fails unless two prediction tables name the same photos and agree in probability."""

import csv
import sys

TOLERANCE = 1e-5


def rows_of(path: str) -> list[dict[str, str]]:
    """Rows of a prediction table."""
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def main() -> None:
    """Compares the two tables named on the command line."""
    first, second = (rows_of(path) for path in sys.argv[1:3])
    if not first or [row["photo"] for row in first] != [row["photo"] for row in second]:
        sys.exit(f"{sys.argv[1]} and {sys.argv[2]} name different photos")
    for one, other in zip(first, second, strict=True):
        for column in one:
            if column.startswith("p_") and one[column]:
                difference = abs(float(one[column]) - float(other[column]))
                if not difference <= TOLERANCE:
                    sys.exit(f"{one['photo']} {column}: {one[column]} against {other[column]}")
    print(f"{len(first)} photos: the base install predicts the same")


main()
