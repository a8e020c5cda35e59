"""The doctor names what is missing and the command that mends it."""

import importlib.metadata

from arborisk.cli import info


def test_a_missing_package_comes_with_its_command(monkeypatch, capsys):
    real = importlib.metadata.version

    def version(package):
        if package == "pyarrow":
            raise importlib.metadata.PackageNotFoundError(package)
        return real(package)

    monkeypatch.setattr(importlib.metadata, "version", version)
    info.doctor()
    lines = capsys.readouterr().out.splitlines()
    at = next(i for i, line in enumerate(lines) if line.startswith("! pyarrow"))
    assert "not installed" in lines[at]
    assert "pip install '.[tables]'" in lines[at + 1]
    assert any(line.startswith("  numpy") for line in lines)
