"""Where images is: the gateway calls it, and auth when an account ends."""

from platform_site.kit import env

UPSTREAMS = {
    "images": env.server_url(
        "IMAGES_URL",
        "http",
        "https",
        "inprocess",
        about="URL of the role images inside the deployment.",
    )
}
UPSTREAM_CALLS = env.integer(
    "UPSTREAM_CALLS",
    12,
    about="Calls to one other role that may wait at once in a process; below its threads.",
)
