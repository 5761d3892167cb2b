/**
 * Writes `src/api/constants.gen.ts`: the lists, bounds and defaults that the pages need, as the API's
 * document states them. `--check` writes nothing and fails when the file is not current.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

/** What the pages need: the name it gets, and where it stands in the document. */
const FACTS = {
  OUTPUT_FORMATS: "components/schemas/OutputFormatEnum/enum",
  INPUT_FORMATS: "components/schemas/InputFormatEnum/enum",
  FITS: "components/schemas/FitEnum/enum",
  LONGEST_SIDE: "components/schemas/OperationsRequest/properties/width/maximum",
  QUALITY_MIN: "components/schemas/OperationsRequest/properties/quality/minimum",
  QUALITY_MAX: "components/schemas/OperationsRequest/properties/quality/maximum",
  DEFAULT_QUALITY: "components/schemas/OperationsRequest/x-default-quality",
  TITLE_MAX_LENGTH: "components/schemas/ImageChangesRequest/properties/title/maxLength",
  TAGS_MAX: "components/schemas/ImageChangesRequest/properties/tags/maxItems",
  TAG_MAX_LENGTH: "components/schemas/ImageChangesRequest/properties/tags/items/maxLength",
  SELECTED_IDS_MAX: "components/schemas/ImageSelectionRequest/properties/ids/maxItems",
  PAGE_SIZE_MAX: "paths/~1api~1v1~1images/get/parameters/limit/schema/maximum",
  PASSWORD_MIN_LENGTH: "components/schemas/RegisterRequest/properties/password/minLength",
  NAME_MAX_LENGTH: "components/schemas/ProfileRequest/properties/name/maxLength",
};

/** The value at a JSON pointer without its first slash; in a list of parameters, the one of a name. */
function valueAt(document, pointer) {
  const value = pointer.split("/").reduce((inner, part) => {
    const key = part.replaceAll("~1", "/");
    return Array.isArray(inner) ? inner.find(({ name }) => name === key) : inner?.[key];
  }, document);
  if (value === undefined) throw new Error(`The API's document has nothing at ${pointer}.`);
  return value;
}

/** The module's text for a document. */
export function constantsOf(document) {
  const lines = Object.entries(FACTS).map(
    ([name, pointer]) =>
      `export const ${name} = ${JSON.stringify(valueAt(document, pointer))} as const;`,
  );
  return `${["/** Written by `npm run types` from the API's document. Do not edit. */", ...lines].join("\n")}\n`;
}

function main([source, target, mode]) {
  const text = constantsOf(JSON.parse(readFileSync(source, "utf8")));
  if (mode !== "--check") return writeFileSync(target, text);
  if (readFileSync(target, "utf8") === text) return;
  console.error(`${target} is not what ${source} says: run npm run types.`);
  process.exitCode = 1;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) main(process.argv.slice(2));
