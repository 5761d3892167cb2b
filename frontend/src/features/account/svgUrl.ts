/** An SVG as the source of an image: there it is a picture, and can neither run nor load anything. */
export function svgUrl(svg: string): string {
  const binary = Array.from(new TextEncoder().encode(svg), (byte) => String.fromCharCode(byte));
  return `data:image/svg+xml;base64,${btoa(binary.join(""))}`;
}
