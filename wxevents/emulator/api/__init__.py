"""The platform's API, as the HTTP calls that a bot makes."""
