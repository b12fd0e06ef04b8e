/**
 * The id token of a kubeconfig's auth-provider `oidc`, renewed with its refresh token where it has expired, as kubectl does.
 * https://kubernetes.io/docs/reference/access-authn-authz/authentication/#openid-connect-tokens
 */
import { readFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { UnavailableError } from '../../errors';
import { readError } from '../../files/file-error';
import { idleTimer } from '../idle-timer';
import { field, textOrEmpty } from '../../json-fields';
import { uriComponent } from '../../uri-component';

/** The fields of the auth-provider's config, as kubectl names them; what is no text is none of them. */
export type OidcSettings = Readonly<Record<string, unknown>>;

/** What a refresh changes in the settings: `id-token`, and `refresh-token` where the provider gave another. */
export type OidcTokens = Readonly<Partial<Record<'id-token' | 'refresh-token', string>>>;

export interface OidcToken {
  readonly token: string;
  /** Null where the token that is there holds. */
  readonly renewed: OidcTokens | null;
}

/** A token this near to its end is renewed: the API server may have another clock. */
const SKEW_MS = 10_000;
/** Answers of a provider are small. */
const MOST_BYTES = 1 << 20;

/**
 * A token that holds. Throws UnavailableError where there is none and none can be had.
 * @param isRefused whether the API server refused the token that is there
 */
export async function oidcToken(
  settings: OidcSettings,
  options: { readonly isRefused: boolean; readonly timeoutMs: number },
): Promise<OidcToken> {
  const own = textOrEmpty(settings['id-token']);
  if (own !== '' && !options.isRefused && !hasExpired(own)) return { token: own, renewed: null };
  const refresh = textOrEmpty(settings['refresh-token']);
  if (refresh === '') throw noToken('the id token has expired and there is no refresh token');
  const issuer = textOrEmpty(settings['idp-issuer-url']).replace(/\/+$/, '');
  if (!isAskable(issuer)) throw noToken('there is no idp-issuer-url of http or https to ask for another');
  const ask = asker(settings, options.timeoutMs);
  const discovered = await ask(`${issuer}/.well-known/openid-configuration`, null, {});
  const endpoint = textOrEmpty(field(discovered, 'token_endpoint'));
  if (!isAskable(endpoint)) throw noToken(`${issuer} names no token_endpoint of http or https`);
  const answer = await renewed(ask, endpoint, settings, refresh);
  const token = textOrEmpty(field(answer, 'id_token'));
  if (token === '') throw noToken(`${endpoint} gave no id_token: was the scope openid asked for at login?`);
  const next = textOrEmpty(field(answer, 'refresh_token'));
  return {
    token,
    renewed: { 'id-token': token, ...(next === '' || next === refresh ? {} : { 'refresh-token': next }) },
  };
}

function isAskable(url: string): boolean {
  return URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
}

type Ask = (url: string, form: URLSearchParams | null, headers: Readonly<Record<string, string>>) => Promise<unknown>;

/** https://www.rfc-editor.org/rfc/rfc6749#section-6: who has a secret proves it in a header, or else in the form. */
async function renewed(ask: Ask, endpoint: string, settings: OidcSettings, refresh: string): Promise<unknown> {
  const id = textOrEmpty(settings['client-id']);
  const secret = textOrEmpty(settings['client-secret']);
  const form = { grant_type: 'refresh_token', refresh_token: refresh };
  if (secret === '') return await ask(endpoint, new URLSearchParams({ ...form, client_id: id }), {});
  const login = Buffer.from(`${uriComponent(id)}:${uriComponent(secret)}`).toString('base64');
  try {
    return await ask(endpoint, new URLSearchParams(form), { Authorization: `Basic ${login}` });
  } catch (error) {
    if (!(error instanceof ProviderRefusal)) throw error;
    return await ask(endpoint, new URLSearchParams({ ...form, client_id: id, client_secret: secret }), {});
  }
}

class ProviderRefusal extends UnavailableError {}

function asker(settings: OidcSettings, timeoutMs: number): Ask {
  const ca = authority(settings);
  return async (url, form, headers) => {
    const { status, text } = await exchange(url, { form, headers, ca, timeoutMs });
    const answer = parsed(text);
    if (status === 200 && answer !== null) return answer;
    const why = textOrEmpty(field(answer, 'error_description')) || textOrEmpty(field(answer, 'error'));
    throw new ProviderRefusal(noToken(`${new URL(url).host} answered ${status} ${why}`.trim()).message, { hint: HINT });
  };
}

function authority(settings: OidcSettings): Buffer | string | undefined {
  const data = textOrEmpty(settings['idp-certificate-authority-data']);
  if (data !== '') return Buffer.from(data, 'base64');
  const path = textOrEmpty(settings['idp-certificate-authority']);
  if (path === '') return undefined;
  try {
    return readFileSync(path);
  } catch (error) {
    throw readError(path, error, 'The kubeconfig names it as idp-certificate-authority.');
  }
}

interface Exchange {
  readonly form: URLSearchParams | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly ca: Buffer | string | undefined;
  readonly timeoutMs: number;
}

async function exchange(
  url: string,
  { form, headers, ca, timeoutMs }: Exchange,
): Promise<{ readonly status: number; readonly text: string }> {
  const body = form?.toString() ?? '';
  const send = url.startsWith('https:') ? httpsRequest : httpRequest;
  const type = form === null ? {} : { 'Content-Type': 'application/x-www-form-urlencoded' };
  return await new Promise((resolve, reject) => {
    const fail = (because: string): void => {
      wait.stop();
      request.destroy();
      reject(noToken(`${new URL(url).host} ${because}`));
    };
    const request = send(
      url,
      {
        method: form === null ? 'GET' : 'POST',
        headers: { ...headers, ...type, Accept: 'application/json', 'Content-Length': Buffer.byteLength(body) },
        ...(ca === undefined ? {} : { ca }),
      },
      (answer) => {
        let text = '';
        answer.setEncoding('utf8');
        answer.on('data', (chunk: string) => {
          text += chunk;
          if (text.length > MOST_BYTES) fail('answered with more than a megabyte');
        });
        answer.once('error', (error) => {
          fail(`broke off its answer: ${firstLine(error)}`);
        });
        answer.once('end', () => {
          wait.stop();
          resolve({ status: answer.statusCode ?? 0, text });
        });
      },
    );
    // A small answer, which has the whole time once: one that trickles would come for ever.
    const wait = idleTimer(timeoutMs, () => {
      fail(`sent no whole answer for ${timeoutMs / 1000} s`);
    });
    request.once('error', (error) => {
      fail(`cannot be asked: ${firstLine(error)}`);
    });
    request.end(body);
  });
}

function firstLine({ message }: Error): string {
  return message.trim().split('\n')[0] ?? '';
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

const HINT = 'Log in again with the tool that wrote the kubeconfig; kubectl asks the same provider.';

function noToken(because: string): UnavailableError {
  return new UnavailableError(`no OpenID Connect token: ${because}`, { hint: HINT });
}

/** Whether a JSON Web Token's `exp` has passed; one that cannot be read is left to the API server. */
function hasExpired(token: string): boolean {
  const claims = parsed(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
  const expires = field(claims, 'exp');
  return typeof expires === 'number' && Date.now() + SKEW_MS > expires * 1000;
}
