/** A trace over a dump of which only briefs are parsed answers as over the same dump parsed whole. */
import fc from 'fast-check';
import { ConfigDump, FIELDS_OF_INDEX } from '../../../src/lib/envoy/config-dump';
import { ProxyConfig } from '../../../src/lib/envoy/proxy-config';
import { MctlError } from '../../../src/lib/errors';
import { addressBook } from '../../../src/lib/mesh/address-book';
import { scanDump } from '../../../src/lib/scan/scan';
import { NO_LISTS } from '../../../src/lib/source/source';
import { hostsInDump } from '../../../src/lib/trace/request/dump-addresses';
import { trace } from '../../../src/lib/trace/trace';
import { corpusProxies } from '../../helpers/corpora';
import { chunksOf } from '../../helpers/pieces';

const SECTIONS = ['Bootstrap', 'Clusters', 'Listeners', 'Routes', 'ScopedRoutes', 'Secrets', 'Endpoints', 'Ecds'];

async function configOf(text: string, isBrief: boolean): Promise<ProxyConfig> {
  const raw = await scanDump('a dump', chunksOf(Buffer.from(text), 1 << 18), {
    sections: SECTIONS.map((section) => `${section}ConfigDump`),
    ...(isBrief ? { only: { fields: FIELDS_OF_INDEX, keepAs: 'whole with brief' } } : {}),
  });
  if (raw.kind !== 'config_dump') throw new Error('no config_dump');
  return new ProxyConfig(new ConfigDump(raw), null, null);
}

/** The trace's JSON, or what it is refused with. */
function told(config: ProxyConfig, url: string, mode: 'outbound' | 'inbound'): string {
  const mesh = {
    source: config,
    book: addressBook(NO_LISTS, []),
    configOf: () => null,
    iptablesOf: () => null,
    missing: () => 'none',
    now: null,
  };
  try {
    const query = { url, headers: [], mode };
    return JSON.stringify(trace(mesh, query, { explain: { limit: 5 }, allBranches: true }).trace);
  } catch (error) {
    if (!(error instanceof MctlError)) throw error;
    return `${error.message} ${error.hint ?? ''}`;
  }
}

function urlsOf(config: ProxyConfig): readonly string[] {
  const ports = new Set<number>();
  for (const { resource } of config.servingListeners) {
    const port = resource?.address?.socket_address?.port_value;
    if (port !== undefined) ports.add(port);
  }
  const hosts = [...hostsInDump(config)].filter((host) => /^[\w.-]+$/.test(host)).slice(0, 3);
  return [...hosts, 'nobody.example'].flatMap((host) =>
    [...ports].slice(0, 3).flatMap((port) => [`http://${host}:${port}/a`, `tls://${host}:${port}`]),
  );
}

/** Spellings and layouts of the same JSON that a search for bytes must not miss. */
const LAYOUTS: readonly (readonly [string, (text: string) => string])[] = [
  ['as Envoy writes it', (text) => text],
  ['indented', (text) => JSON.stringify(JSON.parse(text), null, 2)],
  ['with escapes', (text) => text.replaceAll('reviews', '\\u0072eviews').replaceAll('.svc.', '.\\u0073vc.')],
  [
    'in capitals',
    (text) => text.replace(/"domains":\[[^\]]*\]/g, (domains) => `"domains"${domains.slice(9).toUpperCase()}`),
  ],
];

/** Every third proxy of the corpora whose dump is one. */
const TEXTS = corpusProxies()
  .filter(({ configDump, scenario }) => configDump !== null && scenario !== 'quirks' && scenario !== 'usage')
  .map(({ configDump }) => configDump ?? '')
  .filter((_text, index) => index % 3 === 0);

async function pairOf(text: string): Promise<readonly [ProxyConfig, ProxyConfig] | null> {
  try {
    return [await configOf(text, false), await configOf(text, true)];
  } catch (error) {
    if (error instanceof MctlError) return null;
    throw error;
  }
}

/** Compares traces in both; how many. */
async function compared(text: string): Promise<number> {
  const pair = await pairOf(text);
  if (pair === null) return 0;
  const [whole, brief] = pair;
  const urls = urlsOf(whole);
  for (const url of urls) {
    for (const mode of ['outbound', 'inbound'] as const) {
      expect([url, told(brief, url, mode)]).toEqual([url, told(whole, url, mode)]);
    }
  }
  return urls.length;
}

it.each(LAYOUTS)('traces of the corpora %s are the same', async (_layout, laidOut) => {
  let count = 0;
  for (const text of TEXTS) count += await compared(laidOut(text));
  expect(count).toBeGreaterThan(100);
});

it('traces of dumps that lost any of their fields are the same', async () => {
  const whole = TEXTS[0] ?? '';
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(), { minLength: 1, maxLength: 40 }), async (places) => {
      const dump = JSON.parse(whole) as object;
      for (const place of places) removeAt(dump, place);
      await compared(JSON.stringify(dump));
    }),
    { numRuns: 25 },
  );
});

/** Takes a field or element away, somewhere in a value. */
function removeAt(value: object, place: number): void {
  const fields = Object.keys(value);
  const name = fields[place % Math.max(1, fields.length)];
  if (name === undefined) return;
  const inner = (value as Record<string, unknown>)[name];
  const isDeep = typeof inner === 'object' && inner !== null && Object.keys(inner).length > 0;
  if (isDeep && place % 11 !== 0) removeAt(inner, Math.floor(place / 3));
  else if (Array.isArray(value)) value.splice(Number(name), 1);
  else Reflect.deleteProperty(value, name);
}
