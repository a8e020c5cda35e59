"""Inside the network: its layers, filters, feature maps, and what most excites its units.

Needs torch. `look_inside` does it all; `arborisk.report.inside_report` writes the pages.
"""

from arborisk.explanation.inside.look import look_inside
from arborisk.explanation.inside.records import Inside

__all__ = ["Inside", "look_inside"]
