import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Image } from "@/api/shapes";
import { placeImage } from "@/model/images/imageCache";
import { fetchImage } from "@/model/images/imageCalls";
import { currentPreferences, originalUrl, playsUnasked } from "./original";

export type OriginalPhase = "off" | "coming" | "shown" | "failed";

/** The original in the stage: on demand, or at once where it moves and nothing speaks against it. */
export function useOriginal(image: Image) {
  const client = useQueryClient();
  const offered = originalUrl(image);
  // The URL that was requested stays: a newer one of the same file would load it again.
  const [url, setUrl] = useState(() =>
    playsUnasked(image, currentPreferences()) ? offered : null,
  );
  const [phase, setPhase] = useState<OriginalPhase>(url ? "coming" : "off");

  const ask = (next: string | null): void => {
    setUrl(next);
    setPhase(next ? "coming" : "off");
  };
  const renew = async (): Promise<void> => {
    try {
      const latest = await fetchImage(image.id);
      placeImage(client, latest);
      ask(originalUrl(latest));
    } catch {
      setPhase("failed");
    }
  };
  return {
    offered: offered !== null,
    url: phase === "failed" ? null : url,
    phase,
    toggle: () => ask(phase === "off" || phase === "failed" ? offered : null),
    // What comes after it was stopped changes nothing.
    onShown: () => setPhase((now) => (now === "coming" ? "shown" : now)),
    onError: () => setPhase((now) => (now === "coming" ? "failed" : now)),
    again: () => void renew(),
  };
}
