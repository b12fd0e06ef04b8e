/** The Envoy of `helpers/front-envoy`, running, with the two applications behind it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import type { Server } from 'node:http';
import { join } from 'node:path';
import { type Answering, answering, frontEnvoy } from '../../helpers/front-envoy';
import { freePort, ListeningEnvoy } from './listening-envoy';
import { sleep } from './process';

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

/** A run that waits for the answer of an application, with the levels raised. */
export interface WaitingRun {
  readonly run: ChildProcess;
  /** Lets the application answer, what waits and all that comes. */
  readonly release: () => void;
}

/** Starts mctl, whose request the first application does not answer. @param state XDG_STATE_HOME of the run, and its HOME */
export async function waitingRun(front: Front, words: readonly string[], state: string): Promise<WaitingRun> {
  const release = holdAnswers(front.upstreams[0]!.server);
  const env = { ...process.env, XDG_STATE_HOME: state, HOME: state };
  const argv = [join(__dirname, '../../../bin/run.js'), ...words];
  const run = spawn(process.execPath, argv, { env, stdio: ['ignore', 'ignore', 'pipe'] });
  for (let tries = 0; tries < 400 && release.held() === 0; tries++) await sleep(50);
  expect(await front.envoy.levels()).toMatchObject({ http: 'debug', router: 'debug' });
  const journal = join(state, 'mctl/log-levels');
  const [entry] = readdirSync(journal);
  expect(statSync(join(journal, entry ?? '')).mode & 0o777).toBe(0o600);
  return { run, release };
}

function holdAnswers(server: Server): (() => void) & { held(): number } {
  const [plain] = server.listeners('request');
  const held: (() => void)[] = [];
  server.removeAllListeners('request');
  server.on('request', (request, response) => {
    held.push(() => {
      (plain as (a: unknown, b: unknown) => void)(request, response);
    });
  });
  const release = (): void => {
    server.removeAllListeners('request');
    server.on('request', plain as () => void);
    for (const one of held) one();
  };
  return Object.assign(release, { held: () => held.length });
}
