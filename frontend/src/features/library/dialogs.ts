/** Dialogs whose code is fetched when one is first opened. */
import { lazyDialog } from "@/app/code/lazyPart";

export const AddTagsDialog = lazyDialog(() => import("./AddTagsDialog"));
export const ConfirmDialog = lazyDialog(() => import("./ConfirmDialog"));
export const DeleteForeverDialog = lazyDialog(() => import("./DeleteForeverDialog"));
