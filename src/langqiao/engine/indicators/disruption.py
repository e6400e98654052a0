"""Whether later work cites a patent instead of what it built on: the CD index of Funk and Owen-Smith, one patent at a time."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError

from langqiao.engine.kernel.calculation import BadInput, calculation
from langqiao.engine.kernel.number import Figure
from langqiao.engine.kernel.record import Rows, Text, count, record

MAX_PATHS = 5_000_000
"""The most paths patent → reference → other citer that one call may walk; larger graphs belong to `langqiao compute`."""


def _pair(value: Any) -> Any:
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise PydanticCustomError("pair_type", "an edge is a list of two names, [citing, cited]")
    return tuple(value)


FARTHEST = 10**15
"""Whole units from zero: seconds since 1970 fit, also before it."""
Moment = Annotated[int, *count(-FARTHEST, FARTHEST)]
Edge = Annotated[tuple[Text, Text], BeforeValidator(_pair)]


@record
class DisruptionInput:
    """`edges` [citing, cited]; `time` of every node, in whole units; `window` in the same unit."""

    edges: Rows[Edge]
    time: Annotated[dict[Text, Moment], "node → time"]
    window: Annotated[int, *count(1, FARTHEST)]


@record
class DisruptionOutput:
    """`cd` and `mcd` by node, null where nothing cites it or its references in the window; `n_refs` by node."""

    cd: dict[str, Figure | None]
    mcd: dict[str, Figure | None]
    n_refs: dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Disruption:
    """CD of one node with n = |F ∪ B|, `impact` I (citers up to the window's end, without the test t > t_f) and `n_refs`."""

    cd: float | None
    n: int
    impact: int
    n_refs: int

    @property
    def mcd(self) -> float | None:
        """CD × I."""
        return None if self.cd is None else self.cd * self.impact


class Graph:
    """A citation graph without repeated edges; `time` may lack nodes that only are cited."""

    def __init__(self, edges: Iterable[tuple[str, str]], time: Mapping[str, int]) -> None:
        self.time = time
        self.references: dict[str, list[str]] = {}
        self.citers: dict[str, list[str]] = {}
        for citing, cited in dict.fromkeys(edges):
            self.references.setdefault(citing, []).append(cited)
            self.citers.setdefault(cited, []).append(citing)

    @property
    def paths(self) -> int:
        """How many paths patent → reference → citer there are: the work of computing all nodes."""
        return sum(len(citers) ** 2 for citers in self.citers.values())

    def disruption(self, focal: str, window: int) -> Disruption:
        """CD of one node: over i citing it (F) or one of its references (B) with t_f < t_i ≤ t_f + window, the mean of −2·f_i·b_i + f_i."""
        start, end = self.time[focal], self.time[focal] + window
        references = self.references.get(focal, [])
        direct = {i for i in self.citers.get(focal, []) if start < self.time[i] <= end}
        through = {i for cited in references for i in self.citers[cited] if i != focal and start < self.time[i] <= end}
        n = len(direct | through)
        return Disruption(
            cd=(len(direct) - 2 * len(direct & through)) / n if n else None,
            n=n,
            impact=sum(1 for i in self.citers.get(focal, []) if self.time[i] <= end),
            n_refs=len(references),
        )


@calculation(
    "indicators.disruption",
    title_zh="颠覆性指数(CD)",
    title_en="Disruption (CD index)",
    formula_zh=(
        "对“时间”中的每个节点 f：在 F ∪ B 中取 t_f < t_i ≤ t_f + 窗口 的 i，求 −2·[i 同属 F 和 B] + [i 属 F] 的平均值。"
        "F 为引用 f 的节点；B 为引用 f 的参考文献的节点，不含 f。没有这样的节点则为空值。重复引用只计一次。"
        "没有参考文献的节点一经引用机械地得 +1，故旁列参考文献数。mCD = CD × 截至 t_f + 窗口 的引用者数。"
    ),
    source="Funk and Owen-Smith 2017; semantics of the reference implementation russellfunk/cdindex [c]",
    example={"edges": [["c", "f"], ["f", "r"], ["d", "r"]], "time": {"r": 1990, "f": 2000, "c": 2002, "d": 2003}, "window": 5},
)
def disruption_of(given: DisruptionInput) -> DisruptionOutput:
    """CD of every node in `time`: over i in F ∪ B with t_f < t_i ≤ t_f + window, the mean of −2·[i in F and B] + [i in F].

    F = nodes citing f; B = nodes citing a reference of f, without f. Null if there is none. Repeated edges count once. A node without
    references gets +1 when cited: a mechanical value, so `n_refs` stands beside it. mcd = CD × number of citers up to t_f + window.
    """
    for at, pair in enumerate(given.edges):
        unknown = [end for end in pair if end not in given.time]
        if unknown:
            raise BadInput("inconsistent", f"node {unknown[0][:60]!r} has no time", f"edges[{at}]")
    graph = Graph(given.edges, given.time)
    if graph.paths > MAX_PATHS:
        raise BadInput("out_of_range", f"the graph has {graph.paths} two-step paths, more than {MAX_PATHS}", "edges")
    found = {node: graph.disruption(node, given.window) for node in given.time}
    return DisruptionOutput(
        cd={node: one.cd for node, one in found.items()},
        mcd={node: one.mcd for node, one in found.items()},
        n_refs={node: one.n_refs for node, one in found.items()},
    )
