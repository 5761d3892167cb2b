/** Dialogs whose code is fetched when one is first opened. */
import { lazyDialog } from "@/code/lazyPart";

export const AddTagsDialog = lazyDialog(() => import("./AddTagsDialog"));
export const ConfirmDialog = lazyDialog(() => import("@/design/ConfirmDialog"));
export const DeleteForeverDialog = lazyDialog(() => import("@/model/images/DeleteForeverDialog"));
