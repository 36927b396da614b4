"""A local Auth0 tenant for development: it reads the same files as the real one and runs the same Action.

Rooms: `sign_in` (what a browser visits), `token_endpoint` (what an application calls), `login` (what both produce) and
`management` (what Terraform calls). The modules here are the ground: each room imports them, and none imports a room,
except `app`, `seed` and `__main__`, which put the rooms together.
"""
