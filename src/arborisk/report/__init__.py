"""Reports for people: figures and self-contained pages."""

from __future__ import annotations

from arborisk.report.demo_report import write_demo_report
from arborisk.report.experiment_report import experiment_page, write_experiment_report
from arborisk.report.run_report import run_page, write_run_report

__all__ = [
    "experiment_page",
    "run_page",
    "write_demo_report",
    "write_experiment_report",
    "write_run_report",
]
