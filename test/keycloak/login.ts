import { createHash, randomBytes } from "node:crypto";

/** Claims of an access token, as far as policies and apps look at them. */
export interface Claims {
  readonly iss: string;
  readonly sub: string;
  readonly azp: string;
  readonly aud: string | readonly string[];
  readonly groups?: readonly string[];
  readonly realm_access?: { readonly roles: readonly string[] };
  readonly resource_access?: Readonly<Record<string, { readonly roles: readonly string[] }>>;
}

/** A client that wants a token. */
export interface Caller {
  readonly realmUrl: string;
  readonly clientId: string;
  readonly secret?: string;
}

/** Logs in as a program does. */
export async function serviceToken(caller: Caller): Promise<Claims> {
  return claimsOf(await token(caller, { grant_type: "client_credentials" }));
}

/** Logs in as a browser does: the form, the redirect, the code. @throws Error when Keycloak shows a page instead. */
export async function browserToken(caller: Caller, redirectUri: string, user: string, password: string): Promise<Claims> {
  const verifier = randomBytes(32).toString("base64url");
  const challenge = createHash("sha256").update(verifier).digest("base64url");
  const query = new URLSearchParams({
    client_id: caller.clientId,
    redirect_uri: redirectUri,
    response_type: "code",
    scope: "openid profile email",
    state: "s",
    // A confidential client of the platform sends none; one without a secret must.
    ...(caller.secret === undefined ? { code_challenge: challenge, code_challenge_method: "S256" } : {}),
  });
  const page = await fetch(`${caller.realmUrl}/protocol/openid-connect/auth?${query.toString()}`, { redirect: "manual" });
  const html = await page.text();
  const action = /<form[^>]*action="([^"]+)"/.exec(html)?.[1]?.replaceAll("&amp;", "&");
  if (action === undefined) throw new Error(`no log-in form for ${caller.clientId}: ${page.status} ${html.slice(0, 300)}`);
  const cookie = page.headers
    .getSetCookie()
    .map((each) => each.split(";")[0])
    .join("; ");
  const back = await fetch(action, {
    method: "POST",
    redirect: "manual",
    headers: { cookie },
    body: new URLSearchParams({ username: user, password }),
  });
  const location = back.headers.get("location");
  if (location === null || !location.startsWith(redirectUri))
    throw new Error(`${caller.clientId} is not sent back: ${back.status} ${location ?? ""}`);
  const code = new URL(location).searchParams.get("code") ?? "";
  const proof: Record<string, string> = caller.secret === undefined ? { code_verifier: verifier } : {};
  return claimsOf(await token(caller, { grant_type: "authorization_code", code, redirect_uri: redirectUri, ...proof }));
}

async function token({ realmUrl, clientId, secret }: Caller, grant: Readonly<Record<string, string>>): Promise<string> {
  const answer = await fetch(`${realmUrl}/protocol/openid-connect/token`, {
    method: "POST",
    body: new URLSearchParams({ client_id: clientId, ...(secret === undefined ? {} : { client_secret: secret }), ...grant }),
  });
  const { access_token: text, error_description: why } = (await answer.json()) as { access_token?: string; error_description?: string };
  if (text === undefined) throw new Error(`${clientId} gets no token: ${why ?? answer.status}`);
  return text;
}

function claimsOf(jwt: string): Claims {
  return JSON.parse(Buffer.from(jwt.split(".")[1] ?? "", "base64url").toString()) as Claims; // Keycloak signed it
}
