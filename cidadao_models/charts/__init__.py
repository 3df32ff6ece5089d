"""Plotly figures for the page: each answers the question in its title.

Draws tables made elsewhere and knows nothing of the page. Text from the file is cleaned, because
plotly reads a subset of HTML in titles, labels and hover boxes.
"""

from __future__ import annotations

from cidadao_models.charts._figure import clean
from cidadao_models.charts.of_findings import among_peers, places, signals, timeline
from cidadao_models.charts.of_patterns import view

__all__ = ["among_peers", "clean", "places", "signals", "timeline", "view"]
