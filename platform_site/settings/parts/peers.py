"""Where the other roles are, and the credential that this one shows them."""

from platform_site.kit import env

UPSTREAMS = {
    role: env.server_url(f"{role.upper()}_URL", "http", "https", "inprocess")
    for role in ("auth", "images")
}
SERVICE_CLIENT_ID = env.text("SERVICE_CLIENT_ID", "gateway")
SERVICE_CLIENT_SECRET = env.secret("SERVICE_CLIENT_SECRET")
GATEWAY_READS_PER_MINUTE = env.integer("GATEWAY_READS_PER_MINUTE", 6_000)
GATEWAY_WRITES_PER_MINUTE = env.integer("GATEWAY_WRITES_PER_MINUTE", 600)
GRAFANA_URL = env.text("GRAFANA_URL", "")
