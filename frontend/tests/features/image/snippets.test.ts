import { expect, test } from "vitest";
import { curlLine, htmlSnippet, markdownSnippet } from "@/features/image/snippets";

const sources = [
  { url: "https://p.test/i/a?x=1&y=2", width: 200, height: 133 },
  { url: "https://p.test/i/b", width: 480, height: 320 },
  { url: "https://p.test/i/c", width: 800, height: 533 },
];

test("the HTML has every width, the middle one as its source, and escapes what it quotes", () => {
  expect(htmlSnippet(sources, 'The "ridge" <2>')).toBe(
    [
      '<img src="https://p.test/i/b"',
      '     srcset="https://p.test/i/a?x=1&amp;y=2 200w, https://p.test/i/b 480w, https://p.test/i/c 800w"',
      '     sizes="100vw"',
      '     width="480" height="320" alt="The &quot;ridge&quot; &lt;2&gt;">',
    ].join("\n"),
  );
});

test("without renditions there is no HTML", () => {
  expect(htmlSnippet([], "x")).toBe("");
});

test("brackets in a title do not end the Markdown", () => {
  expect(markdownSnippet("https://p.test/i/a", "a [b]")).toBe("![a \\[b\\]](https://p.test/i/a)");
});

test("the curl line asks for what the builder asks for", () => {
  const line = curlLine("https://p.test", "id-1", { width: 800, fit: "inside", format: "webp" });
  expect(line).toContain('-H "Authorization: Bearer $API_KEY"');
  expect(line).toContain("curl -X POST 'https://p.test/api/v1/images/id-1/renditions'");
  expect(line).toContain(`-d '{"ops":{"width":800,"fit":"inside","format":"webp"}}'`);
});
