// The service that many would write first in Node: Express, jsonwebtoken and pg with their defaults.
// It verifies the platform's own tokens (ES256) and reads the platform's own rows.
const express = require("express");
const { verify } = require("jsonwebtoken");
const { Pool } = require("pg");

const { PORT, PUBLIC_KEY, ISSUER, DATABASE_URL } = process.env;
const AUDIENCE = process.env.AUDIENCE.split(",");
const pool = new Pool({ connectionString: DATABASE_URL, max: 16 });
const presets = [
  ["thumb", 200],
  ["small", 480],
  ["medium", 800],
  ["large", 1600],
].map(([name, side]) => ({
  name,
  width: side,
  height: side,
  fit: "inside",
  formats: ["webp", "jpeg"],
}));

function authenticate(request, response, next) {
  const token = (request.headers.authorization ?? "").replace(/^Bearer /, "");
  try {
    request.user = verify(token, PUBLIC_KEY, {
      algorithms: ["ES256"],
      issuer: ISSUER,
      audience: AUDIENCE,
    });
    next();
  } catch {
    response.status(401).json({ status: 401, title: "The token is not valid." });
  }
}

const app = express();
app.use(authenticate);

app.get("/presets", (_request, response) => response.json({ results: presets }));

app.get("/images/:id", async (request, response) => {
  const images = await pool.query(
    `SELECT id, state, title, filename, format, width, height, bytes, sha256, placeholder, animated,
            version, created_at, updated_at, trashed_at
       FROM images_image WHERE id = $1 AND owner_id = $2 AND trashed_at IS NULL`,
    [request.params.id, request.user.sub],
  );
  if (images.rowCount === 0) {
    response.status(404).json({ status: 404, title: "There is no such image." });
    return;
  }
  const renditions = await pool.query(
    `SELECT id, spec, preset, format, width, height, bytes, state, created_at
       FROM images_rendition WHERE image_id = $1 ORDER BY created_at`,
    [request.params.id],
  );
  const image = images.rows[0];
  response.json({
    ...image,
    renditions: renditions.rows.map((one) => ({ ...one, url: `/i/${image.id}/${one.id}` })),
  });
});

app.listen(Number(PORT), "127.0.0.1");
