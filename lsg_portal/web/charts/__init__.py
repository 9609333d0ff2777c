"""Charts drawn on the server as SVG: tile map, bars, lines, lineage.

Each is a function from plain values to one accessible ``<svg>``; colours and positions are presentation
attributes, so the content security policy needs no exception. Every chart stands beside its data as a table.
"""

from .bars import Bar, bar_chart
from .heatmap import Cell, heat_map
from .lineage import LineageEdge, LineageNode, lineage_diagram
from .lines import Break, Line, Point, line_chart
from .tilemap import Tile, tile_map

__all__ = [
    "Bar",
    "Break",
    "Cell",
    "Line",
    "LineageEdge",
    "LineageNode",
    "Point",
    "Tile",
    "bar_chart",
    "heat_map",
    "line_chart",
    "lineage_diagram",
    "tile_map",
]
