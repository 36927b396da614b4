"""Recipes for rows: a good token with one change, signed by the issuer, by the attacker, or not at all."""

from collections.abc import Callable, Collection, Mapping

from scripts.hostile_tokens import jose
from scripts.hostile_tokens.case import Form, Need, Recipe
from scripts.hostile_tokens.jose import Members, Sign
from scripts.hostile_tokens.scenario import Scenario

type Change = Members | Callable[[Scenario], Members]
"""Members that replace those of a good token, or a function that returns them for a scenario."""
type Signing = Callable[[Scenario], Sign]
"""A function that signs with a key of the scenario."""
type Octets = bytes | Callable[[Scenario], bytes]


def issued(claims: Change | None = None, *, header: Change | None = None, without: Collection[str] = ()) -> Recipe:
    """Sign with the issuer's own key, so that only the change can cause a refusal; `without` removes members."""
    return Recipe(Form.TOKEN, Need.KEY, lambda w: _token(w, header, claims, without, jose.rsa(w.signing_key)))


def changed_claim(name: str, of: Callable[[Scenario], str], change: Callable[[str], object]) -> Recipe:
    """Set one claim of a token of the issuer to a changed fact of the scenario."""
    return issued(lambda w: {name: change(of(w))})


def issued_octets(*, header: Octets | None = None, claims: Octets | None = None) -> Recipe:
    """Sign octets instead of a header or claims, with the issuer's own key."""

    def make(scenario: Scenario) -> str:
        head = scenario.header() if header is None else _octets(header, scenario)
        body = scenario.claims() if claims is None else _octets(claims, scenario)
        return jose.compose(head, body, jose.rsa(scenario.signing_key))

    return Recipe(Form.TOKEN, Need.KEY, make)


def changed_octets(part: str, change: Callable[[bytes], bytes]) -> Recipe:
    """Change the JSON text of a good token's "header" or "claims", and sign with the issuer's own key."""
    if part == "header":
        return issued_octets(header=lambda w: change(jose.object_text(w.header())))
    return issued_octets(claims=lambda w: change(jose.object_text(w.claims())))


def signed_by_issuer(sign: Signing, *, header: Change | None = None) -> Recipe:
    """Sign with the issuer's own key, but not with RS256."""
    return Recipe(Form.TOKEN, Need.KEY, lambda w: _token(w, header, None, (), sign(w)))


def forged(
    claims: Change | None = None,
    *,
    header: Change | None = None,
    without: Collection[str] = (),
    sign: Signing = lambda w: jose.rsa(w.attacker_key),
) -> Recipe:
    """Sign with what the attacker has: their own key, the issuer's public key as a secret, or nothing."""
    return Recipe(Form.TOKEN, Need.NOTHING, lambda w: _token(w, header, claims, without, sign(w)))


def forged_signature(octets: bytes, *, alg: str = "RS256") -> Recipe:
    """Send a good token's claims with octets that are no signature."""
    return forged(header={"alg": alg}, sign=lambda _: lambda _: octets)


def forged_octets(claims: bytes, *, header: bytes | None = None) -> Recipe:
    """Sign octets instead of claims, and of a header, with the attacker's key."""
    return Recipe(
        Form.TOKEN, Need.NOTHING, lambda w: jose.compose(header or w.header(), claims, jose.rsa(w.attacker_key))
    )


def tampered(change: Callable[[Scenario, str, str, str], str]) -> Recipe:
    """Change a good token: the function gets its three segments and returns the text to send."""

    def make(scenario: Scenario) -> str:
        header, claims, signature = scenario.good_token().split(".")
        return change(scenario, header, claims, signature)

    return Recipe(Form.TOKEN, Need.TOKEN, make)


def respelled(segment: str, change: Callable[[str], str]) -> Recipe:
    """Spell one segment differently: "header", "claims" or "signature".

    The segment ends in the middle of a group of four characters, so that padding would be possible. The issuer's own
    key signs the changed spelling, so only the spelling is wrong.
    """
    if segment == "signature":
        return tampered(lambda _, header, claims, signature: f"{header}.{claims}.{change(signature)}")

    def make(scenario: Scenario) -> str:
        members = {"header": scenario.header(), "claims": scenario.claims()}
        surplus = len(jose.object_text(members[segment] | {"pad": ""})) % 3
        members[segment]["pad"] = "x" * ((2 - surplus) % 3)  # so that two octets remain for the last group
        spelled = {name: jose.base64url(jose.object_text(each)) for name, each in members.items()}
        spelled[segment] = change(spelled[segment])
        signed = f"{spelled['header']}.{spelled['claims']}"
        return f"{signed}.{jose.base64url(jose.rsa(scenario.signing_key)(signed.encode()))}"

    return Recipe(Form.TOKEN, Need.KEY, make)


def text(make: Callable[[Scenario], str], need: Need = Need.NOTHING) -> Recipe:
    """Send any text instead of a token."""
    return Recipe(Form.TOKEN, need, make)


def header_value(make: Callable[[str], object]) -> Recipe:
    """Send the header that the function makes from a good token; only the header is under test."""
    return Recipe(Form.HEADER, Need.TOKEN, lambda w: make(w.good_token()))


def scheme(name: str, spaces: int = 1) -> Recipe:
    """Send a good token after the name of a scheme."""
    return header_value(lambda token: f"{name}{' ' * spaces}{token}")


def bare_header(value: object) -> Recipe:
    """Send a header without a good token."""
    return Recipe(Form.HEADER, Need.NOTHING, lambda _: value)


def event(make: Callable[[Scenario], object]) -> Recipe:
    """Invoke the function with the event that `make` returns."""
    return Recipe(Form.EVENT, Need.KEY, make)


def whole_event(value: object) -> Recipe:
    """Invoke the function with any value instead of an event."""
    return event(lambda _: value)


def event_header(make: Callable[[str], object]) -> Recipe:
    """Invoke the function with an event whose header, made from a good token, HTTP could not carry."""
    return event(lambda w: w.event(make(w.good_token())))


def asked_for(method_arn: object) -> Recipe:
    """Invoke the function with a good token and any value as the method ARN."""
    return event(lambda w: {**w.event(f"Bearer {w.good_token()}"), "methodArn": method_arn})


def event_of_good_token(change: Callable[[Scenario, dict[str, object]], object]) -> Recipe:
    """Invoke the function with a good token in a changed event."""
    return event(lambda w: change(w, w.event(f"Bearer {w.good_token()}")))


def _token(
    scenario: Scenario, header: Change | None, claims: Change | None, without: Collection[str], sign: Sign
) -> str:
    head = scenario.header() | dict(_members(header, scenario))
    body = scenario.claims() | dict(_members(claims, scenario))
    for name in without:
        head.pop(name, None)
        body.pop(name, None)
    return jose.compose(head, body, sign)


def _members(change: Change | None, scenario: Scenario) -> Members:
    if change is None:
        return {}
    return change if isinstance(change, Mapping) else change(scenario)


def _octets(octets: Octets, scenario: Scenario) -> bytes:
    return octets if isinstance(octets, bytes) else octets(scenario)
