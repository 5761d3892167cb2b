"""What Prometheus, Alertmanager and the dashboards say of a platform that runs for real."""
