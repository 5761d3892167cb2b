import { api, unwrap } from "@/api/client";
import { asProblem } from "@/api/problem";
import type { Image } from "@/api/shapes";

const path = (id: string) => ({ params: { path: { image_id: id } } });

export const fetchImage = (id: string): Promise<Image> =>
  unwrap(api.GET("/api/v1/images/{image_id}", path(id)));

type Changes = { title?: string; tags?: string[] };

const TRIES = 4;

/**
 * Changes an image as it is at this moment, and not as it was when a page showed it. `changes` sees
 * the latest version, once more when somebody else was faster; what it throws is passed on.
 */
export async function changeImage(id: string, changes: (latest: Image) => Changes): Promise<Image> {
  for (let tries = 1; ; tries += 1) {
    const read = api.GET("/api/v1/images/{image_id}", path(id));
    const body = changes(await unwrap(read));
    const etag = (await read).response.headers.get("ETag");
    const header = etag === null ? {} : { "If-Match": etag };
    const params = { ...path(id).params, header };
    try {
      return await unwrap(api.PATCH("/api/v1/images/{image_id}", { params, body }));
    } catch (error) {
      if (asProblem(error).status !== 412 || tries >= TRIES) throw error;
    }
  }
}
