"""How a role speaks HTTP to whoever connects, however slowly: gunicorn's threads with bounds."""
