"""The certificate authorities for the HTTP clients of the tests.

httpx reads them again for each client, which takes 25 ms, and the tests make thousands of clients.
"""

import ssl

CERTIFICATE_AUTHORITIES = ssl.create_default_context()
