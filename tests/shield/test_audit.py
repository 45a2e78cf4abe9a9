"""The audit of what is installed: it fails on a weakness, says when it could not look, and hides nothing."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

from tests.audit import Audit, audit, main, read

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

LOCK = "aiohttp==3.14.5 --hash=sha256:" + "0" * 64 + "\nclick==8.5.0 --hash=sha256:" + "1" * 64 + "\n"
WEAKNESS = {
    "id": "PYSEC-2026-1",
    "aliases": ["CVE-2026-12345"],
    "summary": "made up",
    "affected": [
        {
            "package": {"name": "aiohttp", "ecosystem": "PyPI"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "3.14.6"}]}],
        }
    ],
}


@contextmanager
def list_of(weak: set[str], seen: set[str] | None = None) -> Iterator[str]:
    """Yield the address of a list of weaknesses, in which these packages have one; `seen` are those asked about."""

    class Listed(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if seen is not None:
                seen.add(asked["package"]["name"])
            found = {"vulns": [WEAKNESS]} if asked["package"]["name"] in weak else {}
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(found).encode())

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the library's name
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Listed)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/query"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def asked_at(address: str) -> tuple[str, ...]:
    """Return what has pip-audit ask there."""
    return "--vulnerability-service", "osv", "--osv-url", address


def test_what_is_found_and_what_is_not(tmp_path: Path) -> None:
    """pip-audit itself, before a list on loopback: a weakness is named with its remedy, and nothing else is."""
    lock = tmp_path / "lock.txt"
    lock.write_text(LOCK)
    with list_of({"aiohttp"}) as address:
        found = audit(*asked_at(address), locked=lock)
    assert found == Audit(("aiohttp 3.14.5: PYSEC-2026-1, CVE-2026-12345; mended in 3.14.6",), 2, 0)
    with list_of(set()) as address:
        assert audit(*asked_at(address), locked=lock) == Audit((), 2, 0)
        gone = address
    assert audit(*asked_at(gone), locked=lock) == Audit((), 0, 0)


def test_some_could_not_be_looked_up() -> None:
    """A package that the list does not know hides no weakness of another."""
    package = {"name": "a", "version": "1", "vulns": [{"id": "X-1", "fix_versions": []}]}
    report = {"dependencies": [package, {"name": "b", "skip_reason": "not found"}]}
    found = read(json.dumps(report))
    assert found == Audit(("a 1: X-1; mended in no version yet",), 1, 1)
    assert "1 could not be looked up" in found.said
    assert "X-1" in found.said
    report["dependencies"] = [{"name": "b", "skip_reason": "not found"}]
    assert read(json.dumps(report)).said.startswith("Audit: nothing could be looked up")
    assert read("no JSON") == Audit((), 0, 0)


def test_only_a_weakness_fails_the_check(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Out of reach it says so in a line, and passes unless an audit is required; all that is locked is asked about."""
    nowhere = asked_at("http://127.0.0.1:9/query")
    assert main(nowhere) == 0
    assert capsys.readouterr().out.count("\n") == 1
    monkeypatch.setenv("CIRCLEBOT_REQUIRE_AUDIT", "1")
    assert main(nowhere) == 1
    seen: set[str] = set()
    with list_of({"aiohttp"}, seen) as address:
        assert main(asked_at(address)) == 1
    assert "aiohttp" in capsys.readouterr().out
    assert len(seen) > 80
