// The OpenID provider of the tests: one program plays Pro Santé Connect and ProConnect on one loopback port.
// POST /control with JSON {variant} changes how it misbehaves; POST /control {rotate: true} changes its keys.
import { generateKeyPairSync, randomUUID } from "node:crypto";
import { createServer } from "node:http";

const { Provider } = await import(`${process.env.REMPART_PROVIDER_MODULES}/oidc-provider/lib/index.js`);

const port = Number(process.argv[2]);
const PSC = "/auth/realms/esante-wallet";
const PROCONNECT = "/api/v2";
const SECRET = "a-test-secret-of-more-than-thirty-two-characters";
let variant = "";

const people = {
  "f:3d2a1b7e-0000-4000-8000-000000000001:899700000001": {
    SubjectNameID: "899700000001",
    preferred_username: "899700000001",
    given_name: "Maëlle",
    family_name: "Aubrac",
    SubjectRole: ["10^1.2.250.1.213.1.1.5.5"],
    SubjectOrganization: "CENTRE HOSPITALIER DE VALMONT (FICTIF)",
    Secteur_Activite: "SA07^1.2.250.1.71.4.2.4",
    Palier_Authentification: "APPPRIP3^1.2.250.1.213.1.5.1.1.1",
    otherIds: [{ identifiant: "899700000001", origine: "RPPS", qualite: 1 }],
    SubjectRefPro: {
      exercices: [
        {
          codeProfession: "10",
          activities: [
            { numeroFinessSite: "990000011", numeroFinessetablissementJuridique: "990000001", numeroSiretSite: "" },
            { numeroFinessSite: "", numeroFinessetablissementJuridique: "990000001" },
          ],
        },
      ],
    },
  },
  "a1b2c3d4-proconnect-agent": {
    given_name: "Ignace",
    usual_name: "Delorme",
    email: "ignace.delorme@exemple.test",
    uid: "17",
    siret: "13002526500013",
  },
};

function keys() {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return { keys: [{ ...privateKey.export({ format: "jwk" }), kid: randomUUID(), use: "sig", alg: "RS256" }] };
}

const client = (id, more = {}) => ({
  client_id: id,
  client_secret: SECRET,
  redirect_uris: ["http://localhost/"],
  token_endpoint_auth_method: "client_secret_post",
  ...more,
});

function shared(subject) {
  return {
    jwks: keys(),
    features: {
      devInteractions: { enabled: false },
      jwtUserinfo: { enabled: true },
      rpInitiatedLogout: {
        logoutSource: (ctx, form) => {
          ctx.body = `<!doctype html><title>Fin</title>${form}<button form="op.logoutForm" name="logout" value="yes">Terminer</button>`;
        },
      },
    },
    findAccount: (ctx, id) => ({ accountId: id, claims: () => ({ sub: id, ...people[id] }) }),
    interactions: { url: (ctx, { uid }) => `/interaction/${subject}/${uid}` },
    pkce: { required: () => true },
    cookies: { keys: ["clef de test"], names: { session: `_s_${subject}`, interaction: `_i_${subject}`, resume: `_r_${subject}` } },
    ttl: { IdToken: 300, AccessToken: 60, Interaction: 600, Session: 600, Grant: 600 },
    renderError: (ctx, out) => {
      ctx.type = "text";
      ctx.body = `${out.error}: ${out.error_description}`;
    },
  };
}

function make(prefix, configuration) {
  const provider = new Provider(`http://127.0.0.1:${port}${prefix}`, configuration);
  const local = (uri) => /^http:\/\/(localhost|127\.0\.0\.1|testserver)(:\d+)?\//.test(uri);
  provider.Client.prototype.redirectUriAllowed = local;
  provider.Client.prototype.postLogoutRedirectUriAllowed = local;
  return { provider, answer: provider.callback() };
}

const psc = () =>
  make(PSC, {
    ...shared("psc"),
    acrValues: ["eidas1", "eidas0"],
    scopes: ["openid", "scope_all"],
    claims: { openid: ["sub"], acr: null, scope_all: Object.keys(people["f:3d2a1b7e-0000-4000-8000-000000000001:899700000001"]) },
    clients: [client("rempart"), client("rempart-signed", { userinfo_signed_response_alg: "RS256" })],
    routes: {
      authorization: "/protocol/openid-connect/auth",
      token: "/protocol/openid-connect/token",
      userinfo: "/protocol/openid-connect/userinfo",
      jwks: "/protocol/openid-connect/certs",
    },
  });

const proconnect = () =>
  make(PROCONNECT, {
    ...shared("proconnect"),
    acrValues: ["eidas1", "eidas2", "eidas3"],
    scopes: ["openid", "given_name", "usual_name", "email", "uid", "siret"],
    claims: { openid: ["sub"], acr: null, given_name: ["given_name"], usual_name: ["usual_name"], email: ["email"], uid: ["uid"], siret: ["siret"] },
    clients: [client("rempart", { userinfo_signed_response_alg: "RS256" }), client("rempart-unsigned")],
    routes: { authorization: "/authorize", token: "/token", userinfo: "/userinfo", jwks: "/jwks", end_session: "/session/end" },
  });

const providers = { psc: psc(), proconnect: proconnect() };
const KNOWN = new Set("response_type client_id redirect_uri scope state nonce code_challenge code_challenge_method acr_values claims login_hint idp_hint prompt".split(" "));

async function body(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

function plain(response, status, text, type = "text/plain") {
  response.writeHead(status, { "content-type": `${type}; charset=utf-8` }).end(text);
}

// ProConnect's own strictness: unknown parameters and short secrets are refused.
function refusal(url) {
  for (const name of url.searchParams.keys()) if (!KNOWN.has(name)) return `unknown parameter ${name}`;
  for (const name of ["state", "nonce"]) if ((url.searchParams.get(name) ?? "").length < 32) return `${name} too short`;
  return null;
}

async function interact(request, response, kind, uid) {
  const { provider } = providers[kind];
  const details = await provider.interactionDetails(request, response);
  if (request.method !== "POST") {
    return plain(
      response,
      200,
      `<!doctype html><html lang="fr"><title>Fournisseur de test</title><h1>Fournisseur de test (${kind})</h1>
       <form method="post" action="/interaction/${kind}/${uid}"><button>Je suis moi</button><button name="cancel" value="1">Annuler</button></form></html>`,
      "text/html",
    );
  }
  if ((await body(request)).includes("cancel")) {
    return provider.interactionFinished(request, response, { error: "access_denied", error_description: "cancelled" });
  }
  const accountId = Object.keys(people)[kind === "psc" ? 0 : 1];
  const grant = new provider.Grant({ accountId, clientId: details.params.client_id });
  grant.addOIDCScope(details.params.scope);
  const acr = kind === "psc" ? ["eidas1", "eidas0"] : ["eidas2", "eidas1"];
  const result = {
    login: { accountId, acr: acr[variant === "acr" ? 1 : 0] },
    consent: { grantId: await grant.save() },
  };
  return provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
}

createServer(async (request, response) => {
  const url = new URL(request.url, `http://127.0.0.1:${port}`);
  if (url.pathname === "/control") {
    const asked = JSON.parse(await body(request));
    if (asked.rotate) Object.assign(providers, { psc: psc(), proconnect: proconnect() });
    variant = asked.variant ?? "";
    return plain(response, 200, "ok");
  }
  const interaction = url.pathname.match(/^\/interaction\/(\w+)\/([\w-]+)$/);
  if (interaction) return interact(request, response, interaction[1], interaction[2]);
  const [kind, prefix] = url.pathname.startsWith(PSC) ? ["psc", PSC] : ["proconnect", PROCONNECT];
  if (kind === "psc" && url.pathname.endsWith("/.well-known/openid-configuration")) return plain(response, 404, "not here");
  if (kind === "proconnect" && url.pathname.endsWith("/authorize")) {
    const reason = refusal(url);
    if (reason) return plain(response, 400, reason);
  }
  if (variant === "nonce" && url.searchParams.has("nonce")) url.searchParams.set("nonce", "another-nonce-that-nobody-asked-for-at-all");
  request.url = (url.pathname + url.search).slice(prefix.length).replace("/wallet-openid-configuration", "/openid-configuration");
  request.originalUrl = prefix + request.url;
  return providers[kind].answer(request, response);
}).listen(port, "127.0.0.1", () => console.log("ready"));
