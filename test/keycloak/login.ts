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
  const { jar, form, verifier } = await loginForm(caller, redirectUri);
  return exchanged(caller, redirectUri, verifier, await jar.submit(form, { username: user, password }));
}

/** Logs in for the first time: with a temporary password, then by choosing another on the page that Keycloak shows. */
export async function firstBrowserToken(
  caller: Caller,
  redirectUri: string,
  user: string,
  password: { readonly temporary: string; readonly chosen: string },
): Promise<Claims> {
  const { jar, form, verifier } = await loginForm(caller, redirectUri);
  const asked = await jar.submit(form, { username: user, password: password.temporary });
  const page = await jar.open(asked.headers.get("location") ?? "");
  const chosen = { "password-new": password.chosen, "password-confirm": password.chosen };
  return exchanged(caller, redirectUri, verifier, await jar.submit(await formOf(page, caller), chosen));
}

async function loginForm(
  caller: Caller,
  redirectUri: string,
): Promise<{ readonly jar: CookieJar; readonly form: string; readonly verifier: string }> {
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
  const jar = new CookieJar();
  return {
    jar,
    form: await formOf(await jar.open(`${caller.realmUrl}/protocol/openid-connect/auth?${query.toString()}`), caller),
    verifier,
  };
}

async function formOf(page: Response, { clientId }: Caller): Promise<string> {
  const html = await page.text();
  const action = /<form[^>]*action="([^"]+)"/.exec(html)?.[1]?.replaceAll("&amp;", "&");
  if (action === undefined) throw new Error(`no log-in form for ${clientId}: ${page.status} ${html.slice(0, 300)}`);
  return action;
}

async function exchanged(caller: Caller, redirectUri: string, verifier: string, back: Response): Promise<Claims> {
  const location = back.headers.get("location");
  if (location === null || !location.startsWith(redirectUri))
    throw new Error(`${caller.clientId} is not sent back: ${back.status} ${location ?? ""}`);
  const code = new URL(location).searchParams.get("code") ?? "";
  const proof: Record<string, string> = caller.secret === undefined ? { code_verifier: verifier } : {};
  return claimsOf(await token(caller, { grant_type: "authorization_code", code, redirect_uri: redirectUri, ...proof }));
}

/** What a browser keeps between the pages of one log-in. */
class CookieJar {
  readonly #cookies = new Map<string, string>();

  open(url: string): Promise<Response> {
    return this.#send(url, {});
  }

  submit(url: string, fields: Readonly<Record<string, string>>): Promise<Response> {
    return this.#send(url, { method: "POST", body: new URLSearchParams(fields) });
  }

  async #send(url: string, init: RequestInit): Promise<Response> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const answer = await fetch(url, { ...init, redirect: "manual", headers: { cookie } });
    for (const set of answer.headers.getSetCookie()) {
      const [pair = ""] = set.split(";");
      this.#cookies.set(pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1));
    }
    return answer;
  }
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
