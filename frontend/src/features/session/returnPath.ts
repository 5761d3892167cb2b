/** Where to go after signing in: a path of this site only, never a URL given by someone else. */
export function returnPath(next: string | null): string {
  if (!next?.startsWith("/") || next.startsWith("//") || next.includes("\\")) return "/";
  return next;
}
