"""Shows who can call what, as people read it in a pull request."""

from scripts.rules.operations import operations
from scripts.rules.project import Project


def matrix(project: Project) -> str:
    """Return a Markdown table: a row for each operation, what it needs, and a column for each that may be granted it.

    First the connections, then the machine clients, which say that they are.
    """
    grantees = [
        (f"{grantee['display_name']}{mark}", set(grantee["scopes"]))
        for section, mark in (("connections", ""), ("machine_clients", " (machine)"))
        for _, grantee in sorted(project.access[section].items())
    ]
    lines = [
        _row(["operation", "needs", *(title for title, _ in grantees)]),
        _row(["---", "---", *(":---:" for _ in grantees)]),
    ]
    for name in sorted(project.apis):
        for operation in operations(project.apis[name]):
            needs = (
                "nothing: public"
                if operation.any_of is None
                else " or ".join(" and ".join(f"`{scope}`" for scope in needed) for needed in operation.any_of)
            )
            marks = ["yes" if operation.allows(scopes) else "no" for _, scopes in grantees]
            lines.append(_row([f"`{operation}`", needs, *marks]))
    return "\n".join(lines)


def summary(project: Project) -> str:
    """Return one line: how many APIs, operations, and public ones among them."""
    found = [operation for document in project.apis.values() for operation in operations(document)]
    public = sum(operation.any_of is None for operation in found)
    return f"access.yaml and {_count(len(project.apis), 'API')}: {_count(len(found), 'operation')}, {public} public"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"
