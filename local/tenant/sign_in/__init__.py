"""The pages and endpoints that a browser visits.

A sign-in visits these files from top to bottom; the indented ones serve the file above them:

    authorize                   GET /authorize: read the request, find the browser's session
      parameters                  the query or the form
      return_address              where the answer goes; before this is known, an error is a page of the tenant's own
      authorization_request       what the application asks for
      sessions                    who is signed in in this browser
      pending_logins              the request waits here while its user visits the pages
    login_pages                 /u/login and /u/identity-provider: choose a connection, then a person
      identity_provider           the page that stands in for Google or Amazon
    completion                  consent if it is needed, the Actions, the answer
      consents                    what the user must agree to, and has agreed to
      authorization_codes         the code; the package `login` makes the tokens
      authorization_response      how the answer reaches the application
    consent_page                /u/consent, where `completion` leads: agree, then `completion` answers

With a suitable session `authorize` skips the pages. `logout` (with `logout_targets`) ends the session; `home` is for
the person who runs the tenant. Imports between these files form layers, which import-linter enforces.
"""
