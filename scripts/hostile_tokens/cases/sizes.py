"""A token larger than any issuer makes is refused before any costly work; the gateway accepts 10,240 octets."""

from itertools import product

from scripts.hostile_tokens import jose
from scripts.hostile_tokens.case import Category, Form, Need, Recipe
from scripts.hostile_tokens.recipes import bare_header, event, forged, issued, text
from scripts.hostile_tokens.scenario import Scenario

_LARGE = "larger than any token of the issuer: refused before it is parsed"
_GATEWAY = "larger than the gateway lets through (10,240 octets of headers); the function must not rely on that"
_LARGE_HEADER = "the issuer's own headers take about 100 octets"

sizes = Category("sizes")


def _header_value_of(characters: int) -> Recipe:
    """Make a good token whose Authorization header has exactly so many characters.

    No base64url text has 4n + 1 characters, so the token's header is padded if the claims cannot be.
    """

    def make(scenario: Scenario) -> str:
        def token(header_pad: int, pad: int) -> str:
            header, claims = {**scenario.header(), "x": "x" * header_pad}, {**scenario.claims(), "pad": "x" * pad}
            return jose.compose(header, claims, jose.rsa(scenario.signing_key))

        wanted = characters - len("Bearer ")
        estimate = (wanted - len(token(0, 0))) * 3 // 4
        pads = product(range(3), range(estimate - 5, estimate + 3))
        return next(made for header_pad, pad in pads if len(made := token(header_pad, pad)) == wanted)

    return Recipe(Form.TOKEN, Need.KEY, make)


def _header_of(octets: int) -> Recipe:
    """Make a good token whose header has exactly so many octets of JSON."""
    return issued(
        header=lambda scenario: {"pad": "X" * (octets - len(jose.object_text({**scenario.header(), "pad": ""})))}
    )


def _members_of_header(count: int) -> Recipe:
    return issued(header=lambda scenario: {f"x{number}": 1 for number in range(count - len(scenario.header()))})


ROWS = (
    sizes.allowed("a-header-value-of-8192-characters", _header_value_of(8_192), "the longest that is read"),
    sizes.refused("a-header-value-of-8193-characters", _header_value_of(8_193), _LARGE),
    sizes.allowed("a-header-of-384-octets", _header_of(384), "the longest that is read: 512 characters of base64url"),
    sizes.refused("a-header-of-385-octets", _header_of(385), _LARGE_HEADER),
    sizes.allowed("a-header-of-24-members", _members_of_header(24), "the most that are read"),
    sizes.refused(
        "a-header-of-25-members", _members_of_header(25), "JSON of many parts is slow to read; the issuer's own have 3"
    ),
    sizes.allowed("a-token-of-4-KB", issued({"pad": "x" * 2_500}), "a token with many claims is still a token"),
    sizes.refused("a-token-of-9-KB-by-the-issuer", issued({"pad": "x" * 6_500}), _LARGE),
    sizes.refused("a-token-of-9-KB-by-the-attacker", forged({"pad": "x" * 6_500}), _LARGE),
    sizes.refused("a-header-of-2-KB-by-the-issuer", issued(header={"pad": "x" * 1_500}), _LARGE_HEADER),
    sizes.refused("a-header-of-6-KB-by-the-attacker", forged(header={"pad": "x" * 4_500}), _LARGE_HEADER),
    sizes.refused("a-signature-of-6-KB", text(lambda w: w.good_token() + "A" * 6_000, Need.TOKEN), _LARGE),
    sizes.refused("a-header-value-of-8-KB-without-a-dot", bare_header("Bearer " + "A" * 8_000), _LARGE),
    sizes.refused("a-header-value-of-8-KB-of-dots", bare_header("Bearer " + "." * 8_000), _LARGE),
    sizes.refused("a-header-value-of-8-KB-of-spaces", bare_header("Bearer" + " " * 8_000 + "x"), _LARGE),
    sizes.refused("a-thousand-members", issued({f"claim-{number}": number for number in range(1_000)}), _LARGE),
    sizes.refused("a-token-of-a-megabyte", event(lambda w: w.event(f"Bearer {'A' * 1_000_000}.AA.AA")), _GATEWAY),
    sizes.refused("a-scheme-of-a-megabyte", event(lambda w: w.event(f"{'B' * 1_000_000} {w.good_token()}")), _GATEWAY),
    sizes.refused(
        "a-megabyte-of-spaces-before", event(lambda w: w.event(f"{' ' * 1_000_000}Bearer {w.good_token()}")), _GATEWAY
    ),
    sizes.refused(
        "a-megabyte-of-spaces-between", event(lambda w: w.event(f"Bearer{' ' * 1_000_000}{w.good_token()}")), _GATEWAY
    ),
    sizes.refused(
        "a-megabyte-of-spaces-after", event(lambda w: w.event(f"Bearer {w.good_token()}{' ' * 1_000_000}")), _GATEWAY
    ),
    sizes.refused("a-million-dots", event(lambda w: w.event(f"Bearer {'.' * 1_000_000}")), _GATEWAY),
)
