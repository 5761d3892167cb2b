import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { useNavigate } from "react-router";
import type { ImageList } from "@/model/images/imageCache";

export interface Neighbours {
  previous: string | null;
  next: string | null;
}

/** The images before and after this one in the list that was fetched last, as far as loaded. */
export function useNeighbours(id: string): Neighbours {
  const cache = useQueryClient().getQueryCache();
  const lists = cache
    .findAll({ queryKey: ["images", "list"] })
    .sort((a, b) => b.state.dataUpdatedAt - a.state.dataUpdatedAt);
  for (const query of lists) {
    const list = query.state.data as ImageList | undefined;
    const ids = list?.pages.flatMap((page) => page.results.map((image) => image.id)) ?? [];
    const at = ids.indexOf(id);
    if (at >= 0) return { previous: ids[at - 1] ?? null, next: ids[at + 1] ?? null };
  }
  return { previous: null, next: null };
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    target.closest(
      "input, textarea, select, [role=tab], [role=slider], [role=dialog], [role=menu]",
    ) !== null
  );
}

/** Whether the arrows scroll what has the focus: it is wider than its frame. */
function scrollsSideways(target: EventTarget | null): boolean {
  let box = target instanceof Element ? target : null;
  for (; box && box !== document.body; box = box.parentElement) {
    const { overflowX } = getComputedStyle(box);
    const scrolls = overflowX === "auto" || overflowX === "scroll";
    if (scrolls && box.scrollWidth > box.clientWidth) return true;
  }
  return false;
}

/** Left and right leaf through; where right leads on depends on the direction of writing. */
export function useLeafing({ previous, next }: Neighbours, dir: "ltr" | "rtl"): void {
  const navigate = useNavigate();
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.altKey || event.ctrlKey || event.metaKey) return;
      if (isTyping(event.target) || scrollsSideways(event.target)) return;
      const forward = dir === "rtl" ? "ArrowLeft" : "ArrowRight";
      const back = dir === "rtl" ? "ArrowRight" : "ArrowLeft";
      const target = event.key === forward ? next : event.key === back ? previous : null;
      if (target) void navigate(`/images/${target}`, { replace: true });
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [previous, next, dir, navigate]);
}
