// The certified provider of npm for tests: node oidc_provider.mjs LIBRARY PORT ALGORITHM CALLBACK SIGNED_OUT
import { generateKeyPairSync } from "node:crypto";

const [library, port, algorithm, callback, signedOut] = process.argv.slice(2);
const { Provider } = await import(library);
const kind = algorithm.startsWith("ES") ? ["ec", { namedCurve: "P-256" }] : ["rsa", { modulusLength: 2048 }];
const { privateKey } = generateKeyPairSync(...kind);
const person = {
  email: "lea.martin@agglo.example",
  given_name: "Léa",
  usual_name: "Martin",
  uid: "lmartin",
  siret: "24340001700022",
  idp_id: "71144ab3-ee1a-4401-b7b3-79b44f7daeeb",
};
const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [
    {
      client_id: "arpent",
      client_secret: "un secret de trente-deux signes au moins",
      redirect_uris: [callback],
      post_logout_redirect_uris: [signedOut],
      token_endpoint_auth_method: "client_secret_post",
      id_token_signed_response_alg: algorithm,
      userinfo_signed_response_alg: algorithm,
    },
  ],
  jwks: { keys: [{ ...privateKey.export({ format: "jwk" }), kid: "k1", use: "sig", alg: algorithm }] },
  cookies: { keys: ["un secret de cookies"] },
  features: { jwtUserinfo: { enabled: true }, devInteractions: { enabled: true }, claimsParameter: { enabled: true } },
  pkce: { required: () => false },
  scopes: ["openid", "given_name", "usual_name", "email", "uid", "siret", "idp_id"],
  claims: {
    openid: ["sub"],
    amr: null,
    ...Object.fromEntries(Object.keys(person).map((name) => [name, [name]])),
  },
  findAccount: (_context, id) => ({ accountId: id, claims: () => ({ sub: id, ...person }) }),
});
provider.listen(Number(port), "127.0.0.1", () => console.log("listens"));
