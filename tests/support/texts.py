"""Finds the texts to translate in the code, for `make messages` and for the test that the catalogues have them all.

Babel's own extractor loses a text whose call holds another call that counts, as `t("…", state=t("…"))` does, and takes
a plural for a text of its own where a translator is handed on in it. This one reads the syntax tree and loses none.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator, Mapping
from typing import IO

_COMMENT = re.compile(r"^\s*#\s*(Translators: .+)")
_NEAR = 3
"""A comment is for the first text within as many lines."""

Found = tuple[int, str, tuple[str | None, ...], list[str]]


def extract(
    fileobj: IO[bytes], keywords: Collection[str], comment_tags: Collection[str], options: Mapping[str, str]
) -> Iterator[Found]:
    """Yield each call that names texts as Babel wants it: line, function, literal arguments, comments.

    Commands and their options are named by their declarations: each is a call of `named`.
    """
    source = fileobj.read().decode("utf-8")
    said = {number: match[1] for number, line in enumerate(source.splitlines(), 1) if (match := _COMMENT.match(line))}
    if "named" in keywords:
        yield from _names(ast.parse(source))
    calls = [(node, _name(node)) for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    for node, name in sorted(calls, key=lambda call: (call[0].lineno, call[0].col_offset)):
        if name in keywords:
            texts = tuple(_literal(argument) for argument in node.args)
            if any(texts):
                near = [line for line in said if 0 < node.lineno - line <= _NEAR]
                yield node.lineno, name, texts, [said.pop(line) for line in near]


def _names(module: ast.Module) -> Iterator[Found]:
    """Yield what an intent with a menu entry is called, and what can be said along with it."""
    for node in ast.walk(module):
        declared = {word.arg: word.value for word in node.keywords} if isinstance(node, ast.ClassDef) else {}
        if not isinstance(node, ast.ClassDef) or "summary" not in declared or "command" not in declared:
            continue
        yield node.lineno, "named", ("command", _literal(declared["command"])), []
        for field in node.body:
            match field:
                case ast.AnnAssign(ast.Name(name), ast.Subscript(ast.Name("Annotated"))):
                    yield field.lineno, "named", ("option", name), []


def _name(call: ast.Call) -> str:
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


def _literal(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None
