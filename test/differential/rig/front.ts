/** The Envoy of `helpers/front-envoy`, running, with the two applications behind it. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Answering, answering, frontEnvoy } from '../../helpers/front-envoy';
import { freePort, ListeningEnvoy } from './listening-envoy';

export interface Front {
  readonly envoy: ListeningEnvoy;
  readonly upstreams: readonly Answering[];
  readonly port: number;
  /** The levels of its loggers as it begins. */
  readonly quiet: Record<string, string>;
  /** Where it writes its access log. */
  readonly access: string;
}

export async function startFront(directory: string): Promise<Front> {
  const upstreams = [await answering(), await answering()];
  const port = await freePort();
  const access = join(directory, 'access.log');
  const ports = upstreams.map((one) => one.port);
  const envoy = await ListeningEnvoy.start(directory, 'front', frontEnvoy(port, ports, access));
  return { envoy, upstreams, port, quiet: await envoy.levels(), access };
}

export async function stopFront({ envoy, upstreams }: Front): Promise<void> {
  await envoy.stop();
  for (const { server } of upstreams) server.close();
}

/** Its log levels are what they were, and no run has left any to be put back. @param state XDG_STATE_HOME of the runs */
export async function expectAsBefore({ envoy, quiet }: Front, state: string): Promise<void> {
  expect(await envoy.levels()).toEqual(quiet);
  const journal = join(state, 'mctl/log-levels');
  expect(existsSync(journal) ? readdirSync(journal) : []).toEqual([]);
}
