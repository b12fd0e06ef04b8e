/** Which requests flags ask about. */
import type { Scope } from '../../reach/division';
import type { Streams } from '../streams';

export interface ScopeFlags {
  readonly where?: readonly string[] | undefined;
  readonly mode?: 'outbound' | 'inbound' | undefined;
  readonly 'one-hop': boolean;
  readonly 'max-classes': number;
}

/** Throws UsageError for a condition that is none. */
export async function scopeOf(flags: ScopeFlags, streams: Streams): Promise<Scope> {
  const { parseWhere } = await import('../../reach/where.js');
  const where = (flags.where ?? []).map(parseWhere);
  return {
    where,
    fixed: {},
    inbound: flags.mode === 'inbound',
    oneHop: flags['one-hop'],
    most: flags['max-classes'],
    progress: (text) => {
      streams.spin(text);
    },
  };
}
