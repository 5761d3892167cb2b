// A gateway in Express: it verifies the caller's token and passes the request on by undici's pool,
// with a service token of its own beside the caller's, and the answer back as bytes.
const express = require("express");
const { verify } = require("jsonwebtoken");
const { Pool } = require("undici");

const { PORT, PUBLIC_KEY, ISSUER, UPSTREAM } = process.env;
const AUDIENCE = process.env.AUDIENCE.split(",");
const upstream = new Pool(UPSTREAM, { connections: 16 });

const app = express();
app.get(["/presets", "/images/:id"], async (request, response) => {
  const { authorization } = request.headers;
  try {
    verify((authorization ?? "").replace(/^Bearer /, ""), PUBLIC_KEY, {
      algorithms: ["ES256"],
      issuer: ISSUER,
      audience: AUDIENCE,
    });
  } catch {
    response.status(401).json({ status: 401, title: "The token is not valid." });
    return;
  }
  const reply = await upstream.request({
    method: "GET",
    path: request.originalUrl,
    headers: { authorization, "x-request-id": crypto.randomUUID() },
  });
  const body = Buffer.from(await reply.body.arrayBuffer());
  response.status(reply.statusCode).set("content-type", reply.headers["content-type"]).send(body);
});

app.listen(Number(PORT), "127.0.0.1");
