/** Shortest password that the server accepts; it also refuses common ones, in its own words. */
export const PASSWORD_MIN_LENGTH = 10;
