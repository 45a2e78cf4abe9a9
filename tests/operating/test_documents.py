"""What operators are given to read, to load into Prometheus and into Grafana is true of this very bot."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import promql_parser
import pytest

from bot.metrics import METRICS, Kind, Metric

DOCS = Path(__file__).parents[2] / "docs"
GUIDE = (DOCS / "operating.md").read_text(encoding="utf-8")
RULES = (DOCS / "grafana" / "alerts.yaml").read_text(encoding="utf-8")
BOARD: dict[str, Any] = json.loads((DOCS / "grafana" / "dashboard.json").read_text(encoding="utf-8"))
_LIBRARYS = {"process_resident_memory_bytes", "process_cpu_seconds_total"}
_PROMETHEUS_OWN = {"up"}


def table() -> str:
    """Return the metrics as the guide shows them."""
    rows = ["| metric | labels | what it is |", "|---|---|---|"]
    for metric in METRICS:
        labels = ", ".join(f"`{label}`" for label in metric.labels)
        rows.append(f"| `{metric.name}` ({metric.kind.value}) | {labels} | {metric.help} |")
    return "\n".join(rows)


def test_every_metric_is_explained_to_operators() -> None:
    """The guide's table is made of the declarations: put this in its place where it is not."""
    shown = GUIDE.partition("against bot/metrics.py. -->\n")[2].partition("\n\n")[0]
    assert shown == table(), table()


def samples(metric: Metric) -> set[str]:
    """Return the names under which Prometheus keeps a metric."""
    parts = ("_bucket", "_sum", "_count") if metric.kind is Kind.HISTOGRAM else ("",)
    return {metric.name + part for part in parts}


NAMES = set().union(*map(samples, METRICS)) | _LIBRARYS | _PROMETHEUS_OWN


def alerts() -> dict[str, str]:
    """Return the alerts' questions by their names."""
    found = {}
    for rule in re.split(r"^ +- alert: ", RULES, flags=re.MULTILINE)[1:]:
        name = rule.split("\n", 1)[0]
        said = re.search(r"^ +expr: (?:\|\n)?(.*?)^ +(?:for|labels):", rule, flags=re.MULTILINE | re.DOTALL)
        assert said is not None, name
        found[name] = said[1]
    return found


def panels() -> Iterator[dict[str, Any]]:
    """Yield the dashboard's panels that show something."""
    yield from (panel for panel in BOARD["panels"] if panel["type"] != "row")


def questions() -> list[tuple[str, str]]:
    """Return every question that dashboard and alerts ask of the metrics, with where it stands."""
    asked = list(alerts().items())
    asked += [(panel["title"], target["expr"]) for panel in panels() for target in panel["targets"]]
    return asked + [(note["name"], note["expr"]) for note in BOARD["annotations"]["list"]]


def selected(node: object) -> Iterator[promql_parser.VectorSelector]:
    """Yield what a question selects."""
    if isinstance(node, promql_parser.VectorSelector):
        yield node
    for part in ("expr", "lhs", "rhs", "vector_selector", "param", "args"):
        below = getattr(node, part, None)
        for one in below if isinstance(below, list) else [below]:
            if one is not None and one is not node:
                yield from selected(one)


@pytest.mark.parametrize(("where", "asked"), questions(), ids=lambda value: value[:40])
def test_what_is_asked_is_there(where: str, asked: str) -> None:
    """Each question can be read by Prometheus, of metrics that there are, by labels that they have."""
    parsed = promql_parser.parse(asked.replace("$__rate_interval", "5m"))
    found = list(selected(parsed))
    assert found, where
    labels = {name: set(metric.labels) for metric in METRICS for name in samples(metric)}
    for one in found:
        assert one.name in NAMES, (where, one.name)
        for matcher in one.matchers.matchers:
            assert matcher.name in labels.get(one.name, set()) | {"job", "instance"}, (where, matcher.name)
    for names in re.findall(r"\bby \(([^)]*)\)", asked):
        known = set().union(*(labels.get(one.name or "", set()) for one in found)) | {"le", "instance"}
        assert {name.strip() for name in names.split(",")} <= known, where


def test_every_metric_of_ours_is_looked_at() -> None:
    """What nobody looks at, on the dashboard or by an alert, need not be counted."""
    asked = " ".join(question for _, question in questions()) + json.dumps(BOARD["templating"])
    assert [metric.name for metric in METRICS if metric.name not in asked] == []


def test_each_alert_says_what_to_do() -> None:
    """In the guide, by its name."""
    explained = re.findall(r"^\| (Circlebot\w+) \| .+ \| .+ \|$", GUIDE, flags=re.MULTILINE)
    assert explained == list(alerts())


def test_alerts_have_what_people_read() -> None:
    """How bad it is, a sentence, and what it means."""
    rules = re.split(r"^ +- alert: ", RULES, flags=re.MULTILINE)[1:]
    for rule in rules:
        assert re.search(r"severity: (page|warn)", rule)
        assert "summary: " in rule
        assert "description: " in rule


def test_the_dashboard_is_one_that_grafana_takes() -> None:
    """Numbers that are unique, a grid without overlaps, a data source to choose, all that its schema asks for."""
    assert BOARD["id"] is None
    assert BOARD["schemaVersion"] >= 36
    assert BOARD["title"]
    numbers = [panel["id"] for panel in BOARD["panels"]]
    assert len(numbers) == len(set(numbers))
    assert BOARD["templating"]["list"][0]["type"] == "datasource"
    taken: set[tuple[int, int]] = set()
    for panel in BOARD["panels"]:
        at = panel["gridPos"]
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert at["x"] + at["w"] <= 24
        assert not cells & taken, panel["title"]
        taken |= cells
    for panel in panels():
        assert panel["description"]
        assert panel["datasource"] == {"type": "prometheus", "uid": "${datasource}"}
        refs = [target["refId"] for target in panel["targets"]]
        assert len(refs) == len(set(refs))
        assert panel["fieldConfig"]["defaults"]["unit"]
