"""Inside the network: its layers, filters, feature maps, and what most excites its units.

Needs torch. `look_inside` does it all; `arborisk.report.inside_report` writes the pages.
"""
