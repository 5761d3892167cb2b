// Encodes for bench/encoders.py: a JSON list of {input, format, options} comes in, base64 goes out.
import { createRequire } from "node:module";
import { text } from "node:stream/consumers";

const sharp = createRequire(`${process.argv[2]}/`)("sharp");
sharp.concurrency(1);
const files = [];
for (const { input, format, options } of JSON.parse(await text(process.stdin))) {
  const file = await sharp(input).toFormat(format, options).toBuffer();
  files.push(file.toString("base64"));
}
process.stdout.write(JSON.stringify({ version: sharp.versions.sharp, files }));
