"""The whole table: every row of every category, in the order of the reports."""

from itertools import chain

from scripts.hostile_tokens.case import Case
from scripts.hostile_tokens.cases import (
    algorithms,
    audiences,
    clients,
    dates,
    encoding,
    events,
    extensions,
    flawed_keys,
    headers,
    issuers,
    json_text,
    key_confusion,
    key_ids,
    revocations,
    scopes,
    serialisation,
    shared_secret,
    signatures,
    sizes,
    smuggled_keys,
    subjects,
    token_types,
)

TABLE: tuple[Case, ...] = tuple(
    chain.from_iterable(
        module.ROWS
        for module in (
            algorithms,
            key_confusion,
            smuggled_keys,
            key_ids,
            extensions,
            serialisation,
            encoding,
            json_text,
            sizes,
            dates,
            audiences,
            issuers,
            subjects,
            token_types,
            clients,
            scopes,
            signatures,
            flawed_keys,
            shared_secret,
            revocations,
            headers,
            events,
        )
    )
)
