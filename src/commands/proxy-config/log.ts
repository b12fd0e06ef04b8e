import { setTimeout as sleep } from 'node:timers/promises';
import { Flags } from '@oclif/core';
import { MctlCommand } from '../../lib/cli/command';
import { durationFlag, outputFlag, replicaFlags, sourceFlags, targetArgument } from '../../lib/cli/flags';
import { everyReplica, titleOf } from '../../lib/cli/envoy-answers';
import { openNamed, putBackLeftovers, tellOtherLeftovers } from '../../lib/cli/levels/leftovers';
import { type Borrower, borrowersOf, Lending } from '../../lib/cli/levels/lending';
import { ProxyLevels, type Wish } from '../../lib/cli/log-levels';
import { withProxies } from '../../lib/cli/session';
import { sourceWords } from '../../lib/cli/source-words';
import { printValue, type ValueFormat } from '../../lib/cli/formats';
import { parseLevelChange } from '../../lib/envoy/logging';
import { ExitCode, MctlError, UsageError } from '../../lib/errors';
import { renderPlain, visibleTable } from '../../lib/render/table';
import { visibleLine } from '../../lib/render/visible';
import type { ProxySource } from '../../lib/source/source';
import { withoutSecrets } from '../../lib/secrets/secret-text';

type LogFormat = 'short' | 'wide' | ValueFormat;

export default class LogCommand extends MctlCommand {
  static override readonly summary = 'Log levels of a running Envoy: read, set, set for a while, or reset.';
  static override readonly description =
    'Everything is checked before anything is set: the words of --level, and that every proxy has the loggers. What was before and what is now comes on standard error, or with -o wide or json. --reset goes back to the levels that Envoy was started with, which the mesh and the annotations of the pod configure.';
  static override readonly aliases = ['proxy-config:o', 'pc:o', 'pc:log'];
  static override readonly examples = [
    {
      description: 'Levels of an Envoy that can be reached as it is',
      command: '<%= config.bin %> pc log --admin http://localhost:15000',
    },
    {
      description: 'Two loggers of every reviews pod, for half a minute',
      command: '<%= config.bin %> pc log -l app=reviews -n bookinfo --level http:debug,rbac:debug --for 30s',
    },
  ];
  static override readonly args = { target: targetArgument };
  static override readonly flags = {
    level: Flags.string({
      helpValue: '[LOGGER:]LEVEL,…',
      summary:
        'Set levels: one for all loggers, or one for each named. trace, debug, info, warning, error, critical, off.',
    }),
    reset: Flags.boolean({ char: 'r', summary: 'Set the levels that Envoy was started with.' }),
    for: durationFlag({ summary: 'Put the old levels back after this long, and on Ctrl-C.' }),
    output: outputFlag(['short', 'wide', 'json', 'yaml', 'jsonpath='], 'short'),
    ...sourceFlags,
    ...replicaFlags,
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(LogCommand);
    const wish = wishOf(flags.level ?? '', flags.reset);
    if (flags.for !== undefined && wish === null) {
      throw new UsageError('--for needs --level or --reset', { hint: 'For example: --level debug --for 30s.' });
    }
    const wanted = everyReplica({ flags, target: args.target, noun: 'log' });
    const status = await withProxies(wanted, this.streams, async (proxies, mesh) => {
      const identity = mesh.identity ?? mesh.label;
      if (mesh.live === true) {
        await putBackLeftovers(identity, (name) => openNamed(mesh, name), this.streams);
        tellOtherLeftovers([identity], this.streams);
      }
      const found = await this.#read(proxies, wish);
      if (wish !== null && found.length < proxies.length) return ExitCode.unavailable;
      const done = await (flags.for === undefined
        ? this.#apply(found, flags.output)
        : this.#lend(borrowersOf(found, mesh, sourceWords(flags)), flags.for, flags.output));
      return done < proxies.length ? ExitCode.unavailable : ExitCode.ok;
    });
    if (status !== ExitCode.ok) this.exit(status);
  }

  /** Reads every proxy before one is changed; of several, one that fails does not lose the others. */
  async #read(proxies: readonly ProxySource[], wish: Wish): Promise<readonly ProxyLevels[]> {
    if (proxies.length === 1) return await Promise.all(proxies.map((proxy) => ProxyLevels.read(proxy, wish)));
    const found: ProxyLevels[] = [];
    for (const proxy of proxies) {
      await this.#try(titleOf(proxy), async () => {
        found.push(await ProxyLevels.read(proxy, wish));
      });
    }
    return found;
  }

  /** Sets the levels, says what is now, and gives the number of proxies where that went well. */
  async #apply(found: readonly ProxyLevels[], format: LogFormat): Promise<number> {
    const done = await this.#each(found, (levels) => levels.apply());
    await this.#show(done, format);
    return done.length;
  }

  /** As apply, for a while; the old levels come back whatever happens. */
  async #lend(found: readonly Borrower[], milliseconds: number, format: LogFormat): Promise<number> {
    const lending = new Lending(found, this.streams);
    let done = 0;
    let back = 0;
    try {
      const raised = await lending.raise();
      done = raised.length;
      await this.#show(raised, format);
      await sleep(milliseconds);
    } finally {
      back = await lending.putBack();
      if (back === found.length) {
        for (const { levels } of found) this.note(`${titleOf(levels.proxy)}: the old levels are back.`);
      }
    }
    return Math.min(done, back);
  }

  async #each(
    all: readonly ProxyLevels[],
    act: (levels: ProxyLevels) => Promise<void>,
  ): Promise<readonly ProxyLevels[]> {
    const done: ProxyLevels[] = [];
    for (const levels of all) {
      await this.#try(titleOf(levels.proxy), async () => {
        await act(levels);
        done.push(levels);
      });
    }
    return done;
  }

  /** A usage error ends everything: nothing has been sent yet. */
  async #try(title: string, act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (error) {
      if (!(error instanceof MctlError) || error instanceof UsageError) throw error;
      this.note(`Error: ${title}: ${error.message}`);
    }
  }

  async #show(all: readonly ProxyLevels[], format: LogFormat): Promise<void> {
    if (format === 'wide') await this.print(withoutSecrets(renderPlain(visibleTable(levelTable(all)))));
    else if (format !== 'short') await printValue(all.map(levelJson), format, this.streams);
    else {
      for (const levels of all) {
        await this.print(`${visibleLine(titleOf(levels.proxy))}:\n`);
        await this.print(withoutSecrets(levels.text), 'bytes');
      }
      for (const levels of all) {
        for (const { logger, before, now } of levels.changes) {
          this.note(`${titleOf(levels.proxy)}: ${logger} was ${before}, is ${now}`);
        }
      }
    }
  }
}

function wishOf(level: string, reset: boolean): Wish {
  if (reset && level !== '') throw new UsageError('--level cannot be combined with --reset');
  if (reset) return 'reset';
  return level === '' ? null : parseLevelChange(level);
}

function levelTable(all: readonly ProxyLevels[]): Parameters<typeof renderPlain>[0] {
  const rows = all.flatMap((levels) => {
    const { now } = levels;
    return [...levels.before].map(([logger, before]) => [
      titleOf(levels.proxy),
      logger,
      before,
      now.get(logger) ?? before,
    ]);
  });
  return { header: ['PROXY', 'LOGGER', 'BEFORE', 'NOW'], rows, padding: 3 };
}

function levelJson(levels: ProxyLevels): object {
  return {
    proxy: titleOf(levels.proxy),
    before: Object.fromEntries(levels.before),
    now: Object.fromEntries(levels.now),
    changed: levels.changes,
  };
}
