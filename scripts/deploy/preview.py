"""`make preview ENV=pull<number>`: print, as Markdown, a preview's address, or that there is no preview."""

from scripts import environments, tools
from scripts.environments import PreviewEnvironment
from scripts.errors import UserError, run


def main() -> None:
    """Print the text, for the comment on the pull request."""
    environment = environments.find(environments.parser("preview", __doc__).parse_args().environment)
    if not isinstance(environment, PreviewEnvironment):
        raise UserError(f"{environment.name} is not a preview; write ENV=pull<number of the pull request>.")
    tools.require(tools.TERRAFORM)
    print(text(environment.name, environment.root().outputs().get("site_url")))


def text(name: str, address: str | None) -> str:
    """Return the comment's text; `address` is the site's, or None if nothing is deployed."""
    if address is None:
        return f"## Preview {name}\n\nThere is no preview now: all of it was removed, its data included."
    return (
        f"## Preview {name}\n\n"
        f"**<{address}>** is this pull request: a site, APIs and data of its own. Sign in as usual; the connections "
        "are the tenant's. The preview goes away when the pull request is closed, or loses its label `preview`."
    )


if __name__ == "__main__":
    run(main)
