"""What a browser visits: authorization, login and consent pages, the identity provider's page, logout."""
