"""What is larger than any issuer makes is refused before it costs anything; the gateway takes 10,240 octets."""

from scripts.attack.case import Category, Need
from scripts.attack.recipes import bare_header, event, forged, issued, text

_LARGE = "larger than any token of the issuer: refused before it is parsed"
_GATEWAY = "larger than the gateway lets through (10,240 octets of headers); the function must not rely on that"
_LARGE_HEADER = "the issuer's own headers take about 100 octets"

sizes = Category("sizes")

ROWS = (
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
        "a-megabyte-of-spaces-in-front", event(lambda w: w.event(f"{' ' * 1_000_000}Bearer {w.good_token()}")), _GATEWAY
    ),
    sizes.refused(
        "a-megabyte-of-spaces-between", event(lambda w: w.event(f"Bearer{' ' * 1_000_000}{w.good_token()}")), _GATEWAY
    ),
    sizes.refused(
        "a-megabyte-of-spaces-behind", event(lambda w: w.event(f"Bearer {w.good_token()}{' ' * 1_000_000}")), _GATEWAY
    ),
    sizes.refused("a-million-dots", event(lambda w: w.event(f"Bearer {'.' * 1_000_000}")), _GATEWAY),
)
