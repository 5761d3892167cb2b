/** What a route says of its page to the layout around it. */
export interface PageHandle {
  /** A visitor may see it: signed in or not, and whether or not that can be found out. */
  open: boolean;
}
