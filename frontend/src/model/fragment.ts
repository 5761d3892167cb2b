/**
 * What a link of a mail, or another site, has put behind the `#` of a page's address. It is taken out
 * of the address bar, and so out of the history, bookmarks and screenshots, when it is first read.
 */
let held = { pathname: "", values: new URLSearchParams() };

export function takeFragment(): URLSearchParams {
  const { hash, pathname, search } = globalThis.location;
  if (hash.length > 1) {
    held = { pathname, values: new URLSearchParams(hash.slice(1)) };
    globalThis.history.replaceState(globalThis.history.state, "", pathname + search);
  }
  return held.pathname === pathname ? held.values : new URLSearchParams();
}

/** Once it has been used it is worth nothing, and coming back must not use it again. */
export function dropFragment(): void {
  held = { pathname: "", values: new URLSearchParams() };
}
