import { focusManager, onlineManager, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { LISTS } from "./imageCache";
import { imagesMayHaveChanged, onNewsOfOtherTabs } from "./refresh";

/** A list this old is asked for again when somebody comes back to the window. */
const OLD_MS = 30_000;

/** Follows what other tabs, other devices and lost connections have kept from this tab. */
export function useImageNews(): void {
  const client = useQueryClient();
  useEffect(() => {
    const news = (): void => imagesMayHaveChanged(client);
    const onFocus = (isFocused: boolean): void => {
      const lists = client.getQueryCache().findAll({ queryKey: LISTS, type: "active" });
      const isOld = lists.some(({ state }) => Date.now() - state.dataUpdatedAt > OLD_MS);
      if (isFocused && isOld) news();
    };
    const ends = [
      onNewsOfOtherTabs(news),
      focusManager.subscribe(onFocus),
      onlineManager.subscribe((isOnline) => isOnline && news()),
    ];
    return () => {
      for (const end of ends) end();
    };
  }, [client]);
}
