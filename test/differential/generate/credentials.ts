/** Clients' keys and users of the configurations, which Envoy's dump leaves out, and what puts them back. */
import type { Random } from '../rig/random';
import type { Message } from './message';

/** The keys of clients, some of which requests bring; a configuration has the first few. */
const KEYS: readonly (readonly [client: string, key: string])[] = [
  ['blue', 'blue'],
  ['letter', 'a'],
  ['bearer', 'x'],
  ['spaced', 'b c'],
];

/** `u` with the password `password`, and `user` with `a`. */
export const USERS = 'u:{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=\nuser:{SHA}hvfkN/qlp/zhXR3cuerq6jd2Z7g=\n';

/** What a dump has in a secret's place. */
const LEFT_OUT = '[redacted]';

/** A list of one, as it is put back. */
export const FIRST_KEY: readonly Message[] = KEYS.slice(0, 1).map(([client, key]) => ({ client, key }));

export function credentials(random: Random): readonly Message[] {
  return KEYS.slice(0, random.int(1, KEYS.length)).map(([client, key]) => ({ client, key }));
}

export function keySources(random: Random): readonly Message[] {
  return random.sample<Message>(
    [{ header: 'x-tenant' }, { header: 'Authorization' }, { query: 'user' }, { query: 'debug' }, { cookie: 'user' }],
    random.int(1, 3),
  );
}

/** The dump as a control plane has it, with the keys and users that Envoy's admin interface leaves out. */
export function disclosed(dump: string): string {
  return JSON.stringify(withSecrets(JSON.parse(dump)));
}

function withSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withSecrets);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value as Message).map(([name, one]) => [name, secretOf(name, one) ?? withSecrets(one)]);
  return Object.fromEntries(fields) as Message;
}

/** Null where the field is none that is left out. */
function secretOf(name: string, value: unknown): unknown {
  if (name === 'credentials' && Array.isArray(value) && (value[0] as Message | undefined)?.['key'] === LEFT_OUT) {
    return KEYS.slice(0, value.length).map(([client, key]) => ({ client, key }));
  }
  const isUsers = name === 'users' && (value as Message | null)?.['inline_string'] === LEFT_OUT;
  return isUsers ? { inline_string: USERS } : null;
}
