"""Django's PostgreSQL backend with the portal's two roles and its actor (see ``base``)."""
