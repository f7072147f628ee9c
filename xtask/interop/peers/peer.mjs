// Issues and verifies tokens by jose: `peer.mjs issue|verify`, a JSON document in, one out.

import { readFileSync } from "node:fs";
import * as jose from "jose";

const task = process.argv[2];
const asked = JSON.parse(readFileSync(0, "utf8"));
const { d, ...publicJwk } = asked.jwk;
const signing = { HS256: new TextEncoder().encode(asked.secret), ES256: await jose.importJWK(asked.jwk, "ES256") };
const verifying = { ...signing, ES256: await jose.importJWK(publicJwk, "ES256") };

const answers = [];
for (const item of asked.items) {
  try {
    if (task === "issue") {
      const token = await new jose.SignJWT(item.claims)
        .setProtectedHeader({ alg: item.alg, ...item.header })
        .sign(signing[item.alg]);
      answers.push({ token });
    } else {
      const { payload } = await jose.jwtVerify(item.token, verifying[item.alg], { algorithms: [item.alg] });
      answers.push({ claims: payload });
    }
  } catch (error) {
    answers.push({ error: `${error}` });
  }
}
console.log(JSON.stringify(answers));
