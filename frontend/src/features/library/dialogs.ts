/** Dialogs whose code is fetched when one is first opened. */
import { lazy } from "react";

export const AddTagsDialog = lazy(() => import("./AddTagsDialog"));
export const DeleteForeverDialog = lazy(() => import("./DeleteForeverDialog"));
