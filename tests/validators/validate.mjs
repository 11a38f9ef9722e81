// Checks an ID token as GitLab's own `ci:validate_id_token_configuration` does, with jose: the issuer's discovery document
// names the issuer, its key set has the key, the signature is the key's.
//
// validate.mjs JOSE EDGE_PORT AUDIENCE < TOKEN; prints the claims. Certificate authorities come from NODE_EXTRA_CA_CERTS; every host is
// at EDGE_PORT of this computer, and is asked for by its own name.
import { webcrypto } from "node:crypto";
import { readFileSync } from "node:fs";
import https from "node:https";
import tls from "node:tls";

globalThis.crypto ??= webcrypto;
const [jose, port, audience] = process.argv.slice(2);
const { createRemoteJWKSet, customFetch, decodeJwt, jwtVerify } = await import(jose);
const token = readFileSync(0, "utf8").trim();

const agent = new https.Agent();
agent.createConnection = ({ servername }) => tls.connect({ host: "127.0.0.1", port: Number(port), servername });
const get = (url) =>
  new Promise((resolve, reject) => {
    const request = https.get(url, { agent, servername: new URL(url).hostname }, async (answer) => {
      const parts = [];
      for await (const part of answer) parts.push(part);
      resolve(new Response(Buffer.concat(parts), { status: answer.statusCode, headers: answer.headers }));
    });
    request.on("error", reject);
  });

const issuer = decodeJwt(token).iss;
const discovery = await (await get(`${issuer.replace(/\/+$/, "")}/.well-known/openid-configuration`)).json();
if (discovery.issuer !== issuer) throw new Error(`the discovery document is of ${discovery.issuer}, the token of ${issuer}`);
const keys = createRemoteJWKSet(new URL(discovery.jwks_uri), { [customFetch]: get });
const algorithms = discovery.id_token_signing_alg_values_supported;
const { payload } = await jwtVerify(token, keys, { issuer, audience, algorithms });
console.log(JSON.stringify(payload));
