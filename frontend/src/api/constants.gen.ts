/** Written by `npm run types` from the API's document. Do not edit. */
export const OUTPUT_FORMATS = ["jpeg","png","webp","avif"] as const;
export const INPUT_FORMATS = ["jpeg","png","webp","avif","gif","tiff","bmp","heic"] as const;
export const FITS = ["inside","cover"] as const;
export const LONGEST_SIDE = 8192 as const;
export const QUALITY_MIN = 1 as const;
export const QUALITY_MAX = 100 as const;
export const DEFAULT_QUALITY = {"jpeg":82,"webp":80,"avif":60} as const;
export const TITLE_MAX_LENGTH = 200 as const;
export const TAGS_MAX = 20 as const;
export const TAG_MAX_LENGTH = 50 as const;
export const SELECTED_IDS_MAX = 1000 as const;
export const PAGE_SIZE_MAX = 200 as const;
export const PASSWORD_MIN_LENGTH = 10 as const;
export const NAME_MAX_LENGTH = 150 as const;
