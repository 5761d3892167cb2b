import { api, unwrap } from "@/api/client";
import type { Image } from "@/api/shapes";

const path = (id: string) => ({ params: { path: { image_id: id } } });

export const fetchImage = (id: string): Promise<Image> =>
  unwrap(api.GET("/api/v1/images/{image_id}", path(id)));

export const trashImage = (id: string): Promise<unknown> =>
  unwrap(api.DELETE("/api/v1/images/{image_id}", path(id)));

export const restoreImage = (id: string): Promise<Image> =>
  unwrap(api.POST("/api/v1/images/{image_id}/restore", path(id)));

export const deleteImageForever = (id: string): Promise<unknown> =>
  unwrap(
    api.DELETE("/api/v1/images/{image_id}", {
      params: { path: { image_id: id }, query: { permanent: true } },
    }),
  );

export const saveImage = (id: string, body: { title?: string; tags?: string[] }): Promise<Image> =>
  unwrap(api.PATCH("/api/v1/images/{image_id}", { ...path(id), body }));
