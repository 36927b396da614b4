"""Writes bills as Markdown: a column for each size of traffic, the largest line first, then the assumptions."""

from collections.abc import Sequence

from scripts.review.cost.model import Line, Stack, Table, bill
from scripts.review.markdown import folded, table


def report(environment: str, stacks: tuple[Stack, Stack], base: str, prices: Table) -> str:
    """Return the report on an environment. `stacks`: after and before the plan. `base`: the name of the one before."""
    sizes = [*prices["traffic"]]
    after, before = ([bill(stack, prices, size) for size in sizes] for stack in stacks)
    totals = [sum(line.dollars for line in lines) for lines in after]
    order = sorted(range(len(after[-1])), key=lambda place: -after[-1][place].dollars)
    rows = [[after[0][place].service, *(_money(lines[place].dollars) for lines in after)] for place in order]
    rows.append(["**all**", *(f"**{_money(total)}**" for total in totals)])
    rows.append(["Auth0", *(_auth0(prices, size) for size in sizes)])
    parts = [
        f"## Cost of {environment}",
        "Dollars a month, an estimate. " + _dominates(sizes, after),
        table(["", *(_heading(prices, size) for size in sizes)], rows),
        _difference(sizes, totals, before, base),
        folded("What this assumes, and what it leaves out", _assumptions(stacks[0], prices)),
    ]
    return "\n\n".join(parts)


def _heading(prices: Table, size: str) -> str:
    traffic = prices["traffic"][size]
    return f"{size}: {traffic['visits']:,} visits, {traffic['users']:,} users"


def _dominates(sizes: Sequence[str], bills: Sequence[Sequence[Line]]) -> str:
    words = []
    for size, lines in zip(sizes, bills, strict=True):
        total = sum(line.dollars for line in lines)
        largest = max(lines, key=lambda line: line.dollars)
        if total:
            words.append(f"{largest.service} ({size}, {largest.dollars / total:.0%})")
    return f"The largest part: {', '.join(words)}." if words else "Nothing in it has a price."


def _difference(sizes: Sequence[str], totals: Sequence[float], before: Sequence[Sequence[Line]], base: str) -> str:
    changes = [total - sum(line.dollars for line in lines) for total, lines in zip(totals, before, strict=True)]
    if all(abs(change) < 0.005 for change in changes):
        return f"It costs as much as {base}."
    listed = ", ".join(
        f"{size} {'+' if change >= 0 else '-'}{_money(abs(change))}"
        for size, change in zip(sizes, changes, strict=True)
    )
    return f"Compared with {base}: {listed}."


def _auth0(prices: Table, size: str) -> str:
    auth0 = prices["auth0"]
    return "0.00" if prices["traffic"][size]["users"] <= auth0["free_users"] else "a paid plan; ask Auth0"


def _assumptions(stack: Stack, prices: Table) -> str:
    visit = prices["visit"]
    auth0 = prices["auth0"]
    facts = [
        f"The plan has {stack.apis} APIs, {len(stack.functions)} functions ({stack.architecture}), "
        f"{stack.tables} tables, {stack.alarms} alarms, {stack.dashboards} dashboards.",
        f"Logs are kept for {stack.log_days:.0f} days.",
        "A visit: " + ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in visit.items()) + ".",
        "Free tiers are taken off; all environments of an account share them.",
        f"Auth0 ({auth0['source']}, {auth0['checked']}): up to {auth0['free_users']:,} users a month are free; above, "
        f"{auth0['paid_from']}.",
        *(f"Left out: {each}" for each in prices["left_out"]),
    ]
    checked = table(
        ["price", "checked", "source"],
        ([f"`{name}`", str(price["checked"]), price["source"]] for name, price in prices["prices"].items()),
    )
    return "\n".join(f"- {fact}" for fact in facts) + f"\n\n{checked}"


def _money(amount: float) -> str:
    return f"{amount:,.2f}"
