// sharp behind HTTP: GET /?source=URL&width=N&format=jpeg&quality=N.
const { createServer } = require("node:http");
const sharp = require("sharp");
const { request: ask } = require("undici");

const { PORT, CONCURRENCY } = process.env;
if (CONCURRENCY) sharp.concurrency(Number(CONCURRENCY));

createServer(async (request, response) => {
  const { searchParams } = new URL(request.url, "http://127.0.0.1");
  if (!searchParams.has("source")) {
    response.writeHead(404).end();
    return;
  }
  try {
    const { body } = await ask(searchParams.get("source"));
    const format = searchParams.get("format");
    const file = await sharp(Buffer.from(await body.arrayBuffer()))
      .rotate()
      .resize(Number(searchParams.get("width")))
      .toFormat(format, { quality: Number(searchParams.get("quality")) })
      .toBuffer();
    response.writeHead(200, { "content-type": `image/${format}`, "content-length": file.length });
    response.end(file);
  } catch (error) {
    response.writeHead(500).end(String(error));
  }
}).listen(Number(PORT), "127.0.0.1");
