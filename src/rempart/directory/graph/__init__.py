"""The control graph: who controls what in a directory, and by which right."""

from rempart.directory.graph.build import build
from rempart.directory.graph.control_graph import ControlGraph
from rempart.directory.graph.ground import Ground
from rempart.directory.graph.kinds import Kind, kinds
from rempart.directory.graph.reach import Reach

__all__ = ["ControlGraph", "Ground", "Kind", "Reach", "build", "kinds"]
