"""What it takes to be a service: no models and no business words. A closed list, see ADR 5."""
