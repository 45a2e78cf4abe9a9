"""A kind of import contract that import-linter lacks: an allow-list, the standard library always included."""

from __future__ import annotations

import sys

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


def within(module: str, packages: frozenset[str] | set[str]) -> bool:
    """Say whether `module` is one of `packages` or lies in one."""
    return any(module == package or module.startswith(package + ".") for package in packages)


class AllowedContract(Contract):
    """The named modules import, directly, one another, the standard library and what is listed; nothing else.

    Imports for type checking count: a type is a dependency too. A name under `modules` that does not exist is an error.
    """

    type_name = "allowed"

    modules: set[str] = fields.SetField(subfield=fields.StringField())  # type: ignore[assignment]  # a field becomes its value
    may_import: set[str] = fields.SetField(subfield=fields.StringField())  # type: ignore[assignment]

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:  # noqa: FBT001  # import-linter's signature
        """Return what is imported without leave, with the lines that do it."""
        output.verbose_print(verbose, f"Checking {', '.join(sorted(self.modules))}…")
        missing = [name for name in sorted(self.modules) if name not in graph.modules]
        found = []
        for importer in sorted(graph.modules):
            if not within(importer, self.modules):
                continue
            for imported in sorted(graph.find_modules_directly_imported_by(importer)):
                if (
                    within(imported, self.modules | self.may_import)
                    or imported.split(".")[0] in sys.stdlib_module_names
                ):
                    continue
                lines = graph.get_import_details(importer=importer, imported=imported)
                found.append(f"{importer} imports {imported} (line {lines[0]['line_number']})")
        found.extend(f"there is no module {name}" for name in missing)
        return ContractCheck(kept=not found, metadata={"found": found})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Print what was found, a line each."""
        for line in check.metadata["found"]:
            output.print_error(f"- {line}")
        output.new_line()
