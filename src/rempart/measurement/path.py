"""A way from somebody who should not, to something they should not reach."""

from pydantic import BaseModel, ConfigDict, Field

from rempart.measurement.text import Text


class Node(BaseModel):
    """One end of a step: a stable key, a name for people, and what kind of thing it is."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str
    name: str
    kind: str


class Hop(BaseModel):
    """One step of a path: who, by which right, on what; how it is abused and how it is removed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: Node
    target: Node
    edge: str
    title: Text
    abuse: Text
    removal: Text
    command: str | None = None
    undo: str | None = None


class Path(BaseModel):
    """A chain of hops, each starting where the one before ended."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    hops: tuple[Hop, ...] = Field(min_length=1)

    @property
    def nodes(self) -> tuple[Node, ...]:
        """The things the path goes through, first to last."""
        return (self.hops[0].source, *(hop.target for hop in self.hops))


class ChokePoint(BaseModel):
    """A hop whose removal cuts principals off from every path; `cut_off` counts them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    hop: Hop
    cut_off: int = Field(ge=0)
