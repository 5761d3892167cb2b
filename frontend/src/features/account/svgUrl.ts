const NAMESPACE = 'xmlns="http://www.w3.org/2000/svg"';

/** An SVG as the source of an image: there it is a picture, and can neither run nor load anything. */
export function svgUrl(svg: string): string {
  // Drawings that are meant for the middle of a page come without it; an image needs it.
  const whole = svg.includes("xmlns=") ? svg : svg.replace("<svg", `<svg ${NAMESPACE}`);
  const binary = Array.from(new TextEncoder().encode(whole), (byte) => String.fromCharCode(byte));
  return `data:image/svg+xml;base64,${btoa(binary.join(""))}`;
}
