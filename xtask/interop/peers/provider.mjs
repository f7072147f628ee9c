// An authorization server by oidc-provider: `provider.mjs PORT`, with the public key of the client "meter" as a JWK on the
// standard input. It signs with a key of its own, new at every start, and says "listening" when it does.

import { readFileSync } from "node:fs";
import * as jose from "jose";
import Provider from "oidc-provider";

const port = Number(process.argv[2]);
const meter = JSON.parse(readFileSync(0, "utf8"));

const { privateKey } = await jose.generateKeyPair("ES256", { extractable: true });
const jwk = await jose.exportJWK(privateKey);
const kid = await jose.calculateJwkThumbprint(jwk);
const resources = ["https://gateway.example", "https://elsewhere.example"];
const scope = "status:read pump:write";
const client = {
  grant_types: ["client_credentials"],
  redirect_uris: [],
  response_types: [],
  id_token_signed_response_alg: "ES256",
};

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [
    { ...client, client_id: "console", client_secret: "a secret of the console's" },
    {
      ...client,
      client_id: "meter",
      token_endpoint_auth_method: "private_key_jwt",
      token_endpoint_auth_signing_alg: "ES256",
      jwks: { keys: [meter] },
    },
  ],
  jwks: { keys: [{ ...jwk, kid, use: "sig", alg: "ES256" }] },
  clientAuthMethods: ["client_secret_basic", "private_key_jwt"],
  scopes: scope.split(" "),
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    resourceIndicators: {
      enabled: true,
      getResourceServerInfo: async (_, resource) => {
        if (!resources.includes(resource)) throw new Error("no such resource");
        return {
          scope,
          audience: resource,
          accessTokenTTL: 600,
          accessTokenFormat: "jwt",
          jwt: { sign: { alg: "ES256" } },
        };
      },
    },
  },
});
provider.on("server_error", (_, error) => console.error(error));
provider.listen(port, "127.0.0.1", () => console.log("listening"));
