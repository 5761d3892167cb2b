import { expect, test } from "vitest";
import { svgUrl } from "@/features/account/svgUrl";

test("a drawing becomes the source of an image, whatever its letters", () => {
  const svg = "<svg><title>Schlüssel · مفتاح</title></svg>";
  const [head, body = ""] = svgUrl(svg).split(",");
  expect(head).toBe("data:image/svg+xml;base64");
  expect(Buffer.from(body, "base64").toString("utf8")).toBe(svg);
});
