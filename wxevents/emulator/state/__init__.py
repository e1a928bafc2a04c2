"""What the platform knows of one account."""
