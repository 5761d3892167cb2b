"""A large library of one owner beside those of others, written by the database itself.

Its indexes are built after its rows, as a backup's are, which takes a fraction of the time.
"""

from typing import Final
from uuid import UUID

from django.db import connection

TABLES: Final = ("images_image", "images_tag", "images_job", "images_rendition")
INDEXES: Final = """
    SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
    WHERE indrelid = ANY (%s::regclass[]) AND NOT indisprimary AND NOT indisunique
"""
IMAGES: Final = """
    INSERT INTO images_image (
        id, owner_id, state, title, filename, format, mime, width, height, bytes, sha256,
        storage_key, has_alpha, animated, version, created_at, updated_at, trashed_at
    )
    SELECT
        gen_random_uuid(),
        CASE WHEN i %% 6 = 5 THEN gen_random_uuid() ELSE %(owner)s END,
        CASE WHEN i %% 1000 = 6 THEN 'failed' WHEN i > %(count)s * 0.993 THEN 'processing'
             ELSE 'ready' END,
        CASE WHEN i <= 100 THEN 'ancient' WHEN i %% 4 = 0 THEN 'Holiday at the sea' ELSE '' END,
        'IMG_' || lpad(i::text, 7, '0') || '.jpg',
        CASE WHEN i %% 600 = 0 THEN 'png' ELSE 'jpeg' END,
        'image/jpeg', 4000, 3000, 4000000, encode(sha256(i::text::bytea), 'hex'), 'originals/' || i,
        false, false, 1, now() - (%(count)s - i) * interval '1 minute', now(),
        CASE WHEN i %% 60 = 3 OR i < %(count)s * 0.02 AND i > 100
             THEN now() - (i %% 20) * interval '1 day' END
    FROM generate_series(1, %(count)s) AS i
"""
TAGS: Final = """
    INSERT INTO images_tag (image_id, name, owner_id, image_created_at)
    SELECT images_image.id, name, owner_id, created_at
    FROM images_image,
        (VALUES ('common', '%%0.jpg'), ('rare', '%%0001.jpg'), ('all', '%%')) AS tags (name, ending)
    WHERE filename LIKE ending
        AND NOT EXISTS (SELECT FROM images_job WHERE image_id = images_image.id)
"""
RENDITIONS: Final = """
    INSERT INTO images_rendition (
        id, image_id, spec, format, mime, checksum, storage_key, state, created_at
    )
    SELECT gen_random_uuid(), id, 'w_200,h_200,fit_inside,q_80.webp', 'webp', 'image/webp', '',
        'renditions/' || id, 'ready', created_at
    FROM images_image
    WHERE NOT EXISTS (SELECT FROM images_job WHERE image_id = images_image.id)
"""
JOBS: Final = """
    INSERT INTO images_job (
        id, kind, image_id, owner_id, state, specs, queue, attempt, deferrals, progress_done,
        progress_total, progress_step, error_code, error_detail, request_id, created_at, finished_at
    )
    SELECT gen_random_uuid(), 'render', id, owner_id,
        CASE state WHEN 'ready' THEN 'succeeded' WHEN 'failed' THEN 'failed' ELSE 'queued' END,
        '[]', 'bulk', 1, 0, 0, 0, '', '', '', '', created_at,
        CASE state WHEN 'processing' THEN NULL ELSE created_at END
    FROM images_image
    WHERE NOT EXISTS (SELECT FROM images_job WHERE image_id = images_image.id)
"""


def library_grow(*, owner_id: UUID, count: int) -> None:
    """Write ``count`` images, five of six of them the owner's, with their jobs and renditions.

    The newest seven in a thousand are still worked on; one in sixty and the oldest two in a hundred
    are in the trash. Needs a superuser, as foreign keys are not looked up.
    """
    with connection.cursor() as cursor:
        cursor.execute(INDEXES, [list(TABLES)])
        indexes = cursor.fetchall()
        for name, _ in indexes:
            cursor.execute(f"DROP INDEX {name}")
        cursor.execute("SET LOCAL session_replication_role = replica")
        for statement in (IMAGES, TAGS, RENDITIONS, JOBS):
            cursor.execute(statement, {"owner": owner_id, "count": count})
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")
        cursor.execute("SET LOCAL maintenance_work_mem = '256MB'")
        for _, definition in indexes:
            cursor.execute(definition)
        cursor.execute(f"ANALYZE {', '.join(TABLES)}")
