import { useFormatter } from "use-intl";
import { INPUT_FORMATS } from "@/api/constants.gen";
import { formatName } from "@/model/images/formats";

/** The formats that the platform reads, as one phrase in the reader's language. */
export function useAcceptedFormats(): string {
  return useFormatter().list(INPUT_FORMATS.map(formatName), { type: "disjunction" });
}
