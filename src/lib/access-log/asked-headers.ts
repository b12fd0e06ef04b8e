/** Which headers and addresses a walk asks about, whoever asks, and which paths it would send on. */
import type { CidrRange } from '../envoy/address';
import type { HeaderMatcher } from '../envoy/route';
import { headerWitness } from '../match/value-witness';
import type { HeaderAmong, Rewrite, Watcher } from '../match/watch';
import type { LogEntry } from './entry';
import type { Headers } from './open-headers';

const nothing = (): void => undefined;

/** Learns from a walk what it asks of headers; see Watcher. */
export class AskedHeaders implements Watcher {
  readonly #matchers = new Map<string, Map<string, HeaderMatcher>>();
  readonly #ranges = new Map<string, { readonly ip: string; readonly range: CidrRange }>();
  readonly begins = nothing;
  readonly port = nothing;
  readonly text = nothing;
  readonly serverName = nothing;
  readonly alpn = nothing;
  readonly copiesClaim = nothing;
  readonly path = nothing;
  readonly query = nothing;
  readonly queryAmong = nothing;
  readonly other = nothing;
  readonly authority = nothing;

  readonly #sentOn = new Set<string>();
  readonly #lookedAt = new Set<string>();

  looksAt(header: string): void {
    this.#lookedAt.add(header.toLowerCase());
  }

  reads(header: string): void {
    this.looksAt(header);
  }

  /** Tokens stand in Authorization unless the configuration names another place, which is then looked at. */
  token(): void {
    this.looksAt('authorization');
  }

  /** Whether the walk looked at one of these headers, for whatever purpose. */
  asksFor(names: readonly string[]): boolean {
    return names.some((name) => this.#lookedAt.has(name) || this.#matchers.has(name));
  }

  /** The paths that would be sent on: one, or of several ways one each. */
  get sentOn(): ReadonlySet<string> {
    return this.#sentOn;
  }

  rewrites({ sentOn }: Rewrite): void {
    this.#sentOn.add(sentOn);
  }

  header(matcher: HeaderMatcher): void {
    // The scheme is what a proxy before says that it was.
    const name = (matcher.name ?? '').toLowerCase().replace(/^:scheme$/, 'x-forwarded-proto');
    if (name === '' || name === 'host' || name.startsWith(':')) return;
    const known = this.#matchers.get(name) ?? new Map<string, HeaderMatcher>();
    this.#matchers.set(name, known.set(JSON.stringify(matcher), matcher));
  }

  address(ip: string, range: CidrRange): void {
    this.#ranges.set(`${ip} ${range.address_prefix ?? ''} ${range.prefix_len ?? 0}`, { ip, range });
  }

  /** The ranges that an address was held against. */
  rangesFor(address: string | undefined): readonly CidrRange[] {
    return [...this.#ranges.values()].filter(({ ip }) => ip === address).map(({ range }) => range);
  }

  headerAmong({ matchers }: HeaderAmong): void {
    for (const matcher of matchers) this.header(matcher);
  }

  /**
   * Headers to try, one at a time: for each question a value that meets it, and one that does not. Headers that the line holds are
   * known and never changed.
   */
  tries(entry: LogEntry): readonly Headers[] {
    const tries = [...this.#matchers].flatMap(([name, matchers]) => {
      if (entry.headers.has(name)) return [];
      const values = [...matchers.values()].flatMap((matcher) =>
        [matcher, { ...matcher, invert_match: matcher.invert_match !== true }].map((one) => headerWitness([one])),
      );
      const known = name === 'x-forwarded-proto' ? ['https', 'http'] : [];
      const sent = [...values, ...known].filter((value) => typeof value === 'string');
      return [...new Set(sent)].map((value) => [[name, value] as const]);
    });
    return tries.slice(0, MOST_TRIES);
  }
}

/** No more headers are tried for one line. */
const MOST_TRIES = 48;
