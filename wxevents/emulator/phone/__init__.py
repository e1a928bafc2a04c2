"""What users do, and what their phones show."""
