/** A user of a kubeconfig who logs in by OpenID Connect, and the tokens that are kept for the next time. */
import { readFile, realpath } from 'node:fs/promises';
import { DRAFT, writeWhole } from '../../files/draft';
import { field, fieldAt, listOf } from '../../json-fields';
import type { KubernetesOptions } from '../kubernetes-options';
import type { ChosenContext, KubeconfigUser } from './kubeconfig';
import { type OidcSettings, oidcToken, type OidcTokens } from './oidc';

/**
 * The user with a token that holds in place of the auth-provider. Throws UnavailableError where none can be had.
 * @param isRefused whether the API server refused the token that is there
 */
export async function withIdToken(
  { user, userFile, name }: ChosenContext,
  isRefused: boolean,
  { idleTimeoutMs, note }: KubernetesOptions,
): Promise<KubeconfigUser> {
  const settings = (field(user.authProvider, 'config') ?? {}) as OidcSettings;
  const { token, renewed } = await oidcToken(settings, { isRefused, timeoutMs: idleTimeoutMs });
  if (renewed !== null) {
    Object.assign(settings, renewed);
    await keepTokens(userFile, user.name, renewed).catch((error: unknown) => {
      note(
        `The tokens of context "${name}" were renewed and cannot be kept in the kubeconfig: ${(error as Error).message}`,
      );
    });
  }
  return { ...user, authProvider: undefined, token };
}

/** Written back as kubectl does: a refresh token may be void once it was used. Nothing else in the file changes. */
async function keepTokens(path: string | null, user: string, tokens: OidcTokens): Promise<void> {
  if (path === null) return;
  const { parseDocument } = await import('yaml');
  // The file that a link means, and not the link.
  const file = await realpath(path);
  const document = parseDocument(await readFile(file, 'utf8'));
  const users = listOf(field(document.toJS(), 'users'));
  const at = users.findIndex((one) => field(one, 'name') === user);
  const place = ['users', at, 'user', 'auth-provider', 'config'];
  if (fieldAt(users[at], 'user', 'auth-provider', 'config') === undefined) return;
  for (const [key, token] of Object.entries(tokens)) document.setIn([...place, key], token);
  const bytes = Buffer.from(document.toString({ lineWidth: 0 }));
  await writeWhole({ path: file, label: path }, `${file}${DRAFT}`, [bytes], { mode: 0o600, gzip: false });
}
