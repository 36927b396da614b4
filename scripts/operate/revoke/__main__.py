"""`make revoke`: revoke a user, an application, a key or a token within a minute.

    make revoke SUB='google-oauth2|1234'    a user; SUBJECT_HASH=... takes the hash from a line of the authorizer's log
    make revoke CLIENT=...                  an application (azp, client_id)
    make revoke KID=... SURE=yes            a signing key; needs SURE=yes if the tenant signs with it now
    make revoke JTI=...                     one token
    make revoke LIST=1                      list the entries, and until when each lasts
    make revoke UNDO=1 SUB=...              take an entry back

ENV=dev or ENV=prod selects the environment; the default is the local one. HOURS=... says how long an entry lasts.
"""

import argparse
import os
import re
import time

from authorizer.subjects import subject_hasher
from scripts import deployed, environments, revocation_list
from scripts.console import detail, step
from scripts.deployed import NEWEST, Deployed
from scripts.errors import UserError, run
from scripts.operate.revoke import switch

_HASH = re.compile(r"[0-9a-f]{32}")  # the form that authorizer.subjects makes

# The next step at Auth0, because the tenant keeps issuing tokens.
_AT_AUTH0 = {
    "sub": "Block the user there too (User Management > Users), or they sign in again once the entry has ended.",
    "client": "Rotate its secret or delete it there too (Applications).",
    "kid": "Rotate and revoke the key there too (Settings > Signing Keys), then `make plan` and `make apply`: until "
    "then the authorizer still knows it.",
    "jti": "The user's session still gets new tokens: block the user there to stop that.",
}


def main() -> None:
    """Read the options, and list, revoke or take back."""
    options = _options()
    given = None if options.list else _given(options)
    with deployed.resumable():
        target = deployed.find(deployed.chosen(options.environment))
        if given is None:
            _print_list(target)
        else:
            _put_in_force(target, *given, options)


def _options() -> argparse.Namespace:
    parser = environments.parser("revoke", __doc__, default=environments.LOCAL)
    for name in ("sub", "subject-hash", "client", "kid", "jti", "hours"):
        variable = name.upper().replace("-", "_")
        parser.add_argument(f"--{name}", default=os.environ.get(variable), help=f"as {variable}=...")
    for name in ("list", "undo", "sure"):
        set_to = bool(os.environ.get(name.upper()))
        parser.add_argument(f"--{name}", action="store_true", default=set_to, help=f"as {name.upper()}=1")
    return parser.parse_args()


def _given(options: argparse.Namespace) -> tuple[str, str]:
    """Return the option that says what to revoke, and its value.

    Raises:
        UserError: there is no such option or several, or no token can carry the value.
    """
    names = ("sub", "subject_hash", "client", "kid", "jti")
    given = [(name, value) for name in names if (value := getattr(options, name))]
    if len(given) != 1:
        found = f"not {len(given)} of them" if given else "or LIST=1 to see what is revoked"
        raise UserError(f"say what to revoke, one of SUB=, SUBJECT_HASH=, CLIENT=, KID= and JTI=, {found}.")
    name, value = given[0]
    if name == "subject_hash" and not _HASH.fullmatch(value):
        raise UserError("SUBJECT_HASH is the `subject` of a line of the authorizer's log: 32 hexadecimal digits.")
    if name == "sub" and "|" not in value and not value.endswith("@clients"):
        raise UserError(
            "this is not a `sub`, which is <connection>|<id>. Auth0 shows it as user_id (User Management > Users), "
            "and `make explain` shows that of a token."
        )
    revocation_list.named(name, value)
    return name, value


def _require_key_out_of_use(target: Deployed, key_id: str) -> None:
    """Refuse to revoke a key in use unless the operator gave SURE=yes, because that refuses every user.

    Raises:
        UserError: the last apply deployed the key; the text says whom the revocation would hit.
    """
    known = switch.known_keys(target)
    if key_id not in known:
        return
    hit = "the only one" if len(known) == 1 else f"1 of {len(known)}"
    raise UserError(
        f"the tenant published this key at the last apply, {hit}: everybody whose token it signed is refused, and "
        "signing in again helps only after the tenant signs with another key. Rotate the key at Auth0 first "
        "(Settings > Signing Keys), or say SURE=yes."
    )


def _print_list(target: Deployed) -> None:
    listed, written = switch.listed(target), target.revoked(NEWEST)
    print(revocation_list.table(listed, time.time()) if listed else f"Nothing is revoked in {target.name}.")
    if listed != written:
        print(f"\nAnother list of {len(written)} was written but does not answer yet: run that `make revoke` again.")


def _put_in_force(target: Deployed, option: str, value: str, options: argparse.Namespace) -> None:
    begun = time.monotonic()
    kind = "sub" if option == "subject_hash" else option
    until = revocation_list.end(kind, options.hours, time.time())
    # Never write or print a subject: only its hash leaves this function.
    name = revocation_list.named(kind, subject_hasher(target.subject_hash_key())(value) if option == "sub" else value)
    if not options.undo:
        revocation_list.require_matching(kind, switch.settings(target))
    if options.undo and name not in {*switch.listed(target), *target.revoked(NEWEST)}:
        raise UserError(f"{name} is not revoked in {target.name}; LIST=1 shows the revoked ones.")
    if kind == "kid" and not options.undo and not options.sure:
        _require_key_out_of_use(target, value)
    step(f"{'Taking back' if options.undo else 'Revoking'} {name} in {target.name}")
    if options.undo:
        switch.let_answer(target, lambda standing: {other: standing[other] for other in standing if other != name})
        step(f"Taken back after {time.monotonic() - begun:.0f} s")
        return
    switch.put_in_force(target, lambda standing: {**standing, name: until})
    step(f"In force after {time.monotonic() - begun:.0f} s, for {revocation_list.duration(until - time.time())}")
    detail(f"Auth0 does not know of this. {_AT_AUTH0[kind]}")


if __name__ == "__main__":
    run(main)
