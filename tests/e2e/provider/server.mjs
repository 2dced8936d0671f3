// An identity provider in a process of its own, whose tokens name their client in `azp`, as Keycloak's do.
// It prints its issuer; SIGUSR2 gives it one more key, which it then uses in turn with the others.
import { OAuth2Server } from "oauth2-mock-server";

const server = new OAuth2Server();
await server.issuer.keys.generate("RS256");

server.service.on("beforeTokenSigning", (token, { body }) => {
  const roles = (body.roles ?? "").split(" ");
  Object.assign(token.payload, { aud: body.aud ?? "ecg", azp: body.client_id, typ: "Bearer" });
  token.payload.realm_access = { roles };
});

process.on("SIGUSR2", () => server.issuer.keys.generate("RS256"));

await server.start(0, "127.0.0.1");
console.log(server.issuer.url);
