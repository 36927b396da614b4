"""The result of a sign-in and of a refresh: a login, its permissions and its tokens.

`logins` decides the scopes (`permissions`) and runs the Actions (`actions`, with the event of `action_event`); `tokens`
turns a login into tokens, and `grants` ends them. `users` and `authentication` record who signed in.
"""
