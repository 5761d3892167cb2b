import { useCallback } from "react";
import { useNavigate } from "react-router";

/** Leads back to where the image was opened from; to the library when that was elsewhere. */
export function useBack(): () => void {
  const navigate = useNavigate();
  return useCallback(() => void (cameFromHere() ? navigate(-1) : navigate("/")), [navigate]);
}

/** Whether the page before this one in the tab's history is ours: the router numbers its own. */
function cameFromHere(): boolean {
  const state = globalThis.history.state as { idx?: number } | null;
  return (state?.idx ?? 0) > 0;
}
