"""Social connections: their strategies, and the scopes that each requests from its identity provider.

Auth0 derives the member `scope` from the options that are switched on; its form differs by strategy.
"""

from local.tenant.store import Document

STRATEGIES = frozenset(
    [
        *("amazon", "apple", "bitbucket", "box", "dropbox", "facebook", "fitbit", "github", "google-oauth2", "line"),
        *("linkedin", "oauth1", "oauth2", "paypal", "paypal-sandbox", "salesforce", "salesforce-community"),
        *("salesforce-sandbox", "shopify", "soundcloud", "twitter", "vkontakte", "weibo", "windowslive", "wordpress"),
        "yahoo",
    ]
)
# By strategy: the separator between scopes (None for a list), and the scope of each option, in Auth0's order.
_SCOPES: dict[str, tuple[str | None, dict[str, str]]] = {
    "apple": (" ", {"name": "name", "email": "email"}),
    "facebook": (
        ",",
        {
            "email": "email",
            "groups_access_member_info": "groups_access_member_info",
            "user_birthday": "user_birthday",
            "public_profile": "public_profile",
        },
    ),
    "github": (
        None,
        {
            "email": "user:email",
            "read_user": "read:user",
            "follow": "user:follow",
            "public_repo": "public_repo",
            "repo": "repo",
            "repo_deployment": "repo_deployment",
            "repo_status": "repo:status",
            "delete_repo": "delete_repo",
            "notifications": "notifications",
            "gist": "gist",
            "read_repo_hook": "read:repo_hook",
            "write_repo_hook": "write:repo_hook",
            "admin_repo_hook": "admin:repo_hook",
            "read_org": "read:org",
            "admin_org": "admin:org",
            "read_public_key": "read:public_key",
            "write_public_key": "write:public_key",
            "admin_public_key": "admin:public_key",
            "write_org": "write:org",
        },
    ),
    "google-oauth2": (
        None,
        {
            "email": "email",
            "profile": "profile",
            "gmail": "https://mail.google.com/mail/feed/atom",
            "youtube": "https://gdata.youtube.com",
        },
    ),
    "linkedin": (None, {"email": "r_emailaddress", "profile": "r_liteprofile", "basic_profile": "r_basicprofile"}),
    "salesforce-community": (None, {}),
    "windowslive": (None, {"graph_user": "https://graph.microsoft.com/User.Read"}),
}


def with_scope(strategy: str, options: Document) -> Document:
    """Return a connection's options with the `scope` that follows from them, if the strategy has such options."""
    if strategy not in _SCOPES:
        return options
    joint, names = _SCOPES[strategy]
    scopes = [scope for option, scope in names.items() if options.get(option)]
    return {**options, "scope": scopes if joint is None else joint.join(scopes)}
