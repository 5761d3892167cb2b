/** What a route says of its page to the layout around it. */
export interface PageHandle {
  /** The document's title until the page itself says a better one, such as an image's own. */
  title:
    | "session.signInTitle"
    | "session.registerTitle"
    | "session.forgotTitle"
    | "session.resetTitle"
    | "session.verifyTitle"
    | "session.confirmTitle"
    | "library.title"
    | "library.trashTitle"
    | "image.title"
    | "activity.title"
    | "sections.title"
    | "sections.securityTitle"
    | "sections.sessionsTitle"
    | "sections.keysTitle"
    | "sections.auditTitle"
    | "sections.exportTitle"
    | "system.title"
    | "shell.notFoundTitle";
  /** A visitor may see it: signed in or not, and whether or not that can be found out. */
  open: boolean;
}
