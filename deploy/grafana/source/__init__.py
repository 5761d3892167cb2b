"""The dashboards as Python: boards of panels, and the one place that knows Grafana's JSON."""
