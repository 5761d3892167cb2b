import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "../..");
const file = (name: string) => readFileSync(join(ROOT, "public", name));
const html = readFileSync(join(ROOT, "index.html"), "utf8");
const tokens = readFileSync(join(ROOT, "src/design/tokens.css"), "utf8");
const manifest = JSON.parse(file("app.webmanifest").toString());

/** Width by height of a PNG, from its header. */
const sizeOf = (png: Buffer) => `${png.readUInt32BE(16)}x${png.readUInt32BE(20)}`;

test("the manifest names icons that are there, of the size that it says", () => {
  const icons: { src: string; type: string; sizes: string; purpose?: string }[] = manifest.icons;
  for (const { src, type, sizes } of icons) {
    const content = file(src.slice(1));
    if (type === "image/png") expect([src, sizeOf(content)]).toEqual([src, sizes]);
  }
  expect(icons.map(({ sizes }) => sizes)).toEqual(["any", "192x192", "512x512", "512x512"]);
  expect(icons.filter(({ purpose }) => purpose === "maskable")).toHaveLength(1);
});

test("every file that the page's head names is there", () => {
  const names = [...html.matchAll(/<link [^>]*href="\/([^"]+)"/g)].map(([, name]) => name ?? "");
  expect(names).toEqual(["favicon.ico", "favicon.svg", "apple-touch-icon.png", "app.webmanifest"]);
  for (const name of names) expect(file(name).length).toBeGreaterThan(100);
  expect(sizeOf(file("apple-touch-icon.png"))).toBe("180x180");
});

test("the browser's frame has the colour of the canvas, in both themes", () => {
  const canvas = [...tokens.matchAll(/--canvas: (#\w+);/g)].map(([, colour]) => colour);
  const metas = [...html.matchAll(/name="theme-color"[^>]*content="(#\w+)"/g)].map(([, c]) => c);
  const theme = readFileSync(join(ROOT, "src/app/ThemeColour.tsx"), "utf8");
  expect(metas).toEqual(canvas);
  for (const colour of canvas) expect(theme).toContain(`"${colour}"`);
  expect([manifest.theme_color, manifest.background_color]).toEqual([canvas[0], canvas[0]]);
});
