import { expect, test } from "vitest";
import { svgUrl } from "@/features/account/svgUrl";

test("a drawing becomes the source of an image, whatever its letters", () => {
  const drawing = "<title>Schlüssel · مفتاح</title></svg>";
  const [head, body = ""] = svgUrl(`<svg>${drawing}`).split(",");
  expect(head).toBe("data:image/svg+xml;base64");
  expect(Buffer.from(body, "base64").toString("utf8")).toBe(
    `<svg xmlns="http://www.w3.org/2000/svg">${drawing}`,
  );
});
