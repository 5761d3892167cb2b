"""What tests have measured and the run tells at its end."""

MEASURES: list[str] = []
