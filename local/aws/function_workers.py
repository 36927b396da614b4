"""CloudFront Functions: a page load starts no processes once there are as many as a browser has connections.

ministack runs each function in a Node.js process, keeps three of them, and ends the others. So a page that requests
more than three files at once would start and end processes with every load.
"""

from ministack.core import cloudfront_js

from local.aws.private_names import require

CONNECTIONS = 6
"""The connections of Chromium and Firefox to one host, over HTTP/1.1."""


def install() -> None:
    """Let the pool keep one process for each connection."""
    require(cloudfront_js, "_pool")
    cloudfront_js._pool.max_idle = CONNECTIONS
