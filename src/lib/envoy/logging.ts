/**
 * Log levels of an Envoy: what its admin interface answers, what a user asks for, and which requests do it.
 * https://www.envoyproxy.io/docs/envoy/latest/operations/admin#post--logging
 */
import { UsageError } from '../errors';
import { decoded } from './decode';
import { nearest } from '../nearest';
import { uriComponent } from '../uri-component';

export const LEVELS = ['trace', 'debug', 'info', 'warning', 'error', 'critical', 'off'] as const;

export type LogLevel = (typeof LEVELS)[number];

/** Levels by logger, in the order that Envoy lists them. */
export type LoggerLevels = ReadonlyMap<string, LogLevel>;

/** What is to be set: a level for all, then levels of single loggers. */
export interface LevelChange {
  readonly all: LogLevel | null;
  readonly loggers: LoggerLevels;
}

/** The word that stands for every logger. */
const ALL = 'level';

const LINE = /^\s+(\S{1,200}): (\S+)\s*$/;

/** Reads Envoy's answer: `active loggers:` and a line for each. */
export function parseLoggers(text: string): LoggerLevels {
  const levels = new Map<string, LogLevel>();
  for (const line of text.split('\n')) {
    const [, name, word] = LINE.exec(line) ?? [];
    const level = word === undefined ? null : levelOf(word);
    if (name !== undefined && level !== null) levels.set(name, level);
  }
  return levels;
}

function levelOf(word: string): LogLevel | null {
  return word === 'warn' ? 'warning' : (LEVELS.find((level) => level === word) ?? null);
}

/**
 * Reads `debug`, `http:debug,rbac=trace`, or both: a level alone is for all loggers, whatever stands before it. Throws
 * UsageError for a word that is no level.
 */
export function parseLevelChange(text: string): LevelChange {
  let all: LogLevel | null = null;
  const loggers = new Map<string, LogLevel>();
  for (const item of text.split(',')) {
    // istioctl takes a namespace in front, too.
    const own = item.trim().split('::').at(-1) ?? '';
    const [, name = ALL, word = ''] = /^(?:([^:=]*)[:=])?(.*)$/s.exec(own) ?? [];
    const level = levelOf(word);
    if (level === null) throw unknownLevel(word);
    if (name === ALL) all = level;
    else loggers.set(name, level);
  }
  return { all, loggers };
}

function unknownLevel(word: string): UsageError {
  const near = nearest(word, LEVELS);
  const known = `Levels: ${LEVELS.join(', ')}.`;
  return new UsageError(`unrecognized logging level: ${word}`, {
    hint: near.length > 0 ? `Did you mean ${near.join(' or ')}? ${known}` : known,
  });
}

/** Throws UsageError where a change names a logger that an Envoy does not have. */
export function checkLoggers(change: LevelChange, known: LoggerLevels): void {
  for (const name of change.loggers.keys()) {
    if (known.has(name)) continue;
    const near = nearest(name, known.keys());
    throw new UsageError(`unrecognized logger name: ${name}`, {
      hint: near.length > 0 ? `Did you mean ${near.join(' or ')}?` : `Loggers: ${[...known.keys()].join(', ')}.`,
    });
  }
}

/** The admin requests that make a change, in order. */
export function changeRequests({ all, loggers }: LevelChange): readonly string[] {
  return [
    ...(all === null ? [] : [`/logging?${ALL}=${all}`]),
    ...[...loggers].map(([name, level]) => `/logging?${uriComponent(name)}=${level}`),
  ];
}

/** The change that leads back: the level that most loggers had for all, and the others by name. */
export function changeBack(before: LoggerLevels, now: LoggerLevels): LevelChange {
  const changed = [...before].filter(([name, level]) => now.get(name) !== level);
  const counts = new Map<LogLevel, number>();
  for (const level of before.values()) counts.set(level, (counts.get(level) ?? 0) + 1);
  const [usual] = [...counts].sort(([, a], [, b]) => b - a).map(([level]) => level);
  const unusual = [...before].filter(([, level]) => level !== usual);
  return usual === undefined || changed.length <= unusual.length + 1
    ? { all: null, loggers: new Map(changed) }
    : { all: usual, loggers: new Map(unusual) };
}

/**
 * The levels that an Envoy was started with, of its /server_info: what the mesh, or the pod's annotations, configure.
 * https://istio.io/latest/docs/reference/config/annotations/#SidecarLogLevel
 */
export function configuredLevels(serverInfo: unknown): LevelChange {
  const { command_line_options: options } = decoded(serverInfo, 'ServerInfo', '') as {
    readonly command_line_options?: { readonly log_level?: string; readonly component_log_level?: string };
  };
  const components = options?.component_log_level ?? '';
  const loggers = components === '' ? new Map<string, LogLevel>() : parseLevelChange(components).loggers;
  return { all: levelOf(options?.log_level ?? '') ?? 'info', loggers };
}

/** One logger whose level is another now. */
export interface LoggerChange {
  readonly logger: string;
  readonly before: LogLevel;
  readonly now: LogLevel;
}

/** The loggers whose level is another than before. */
export function changedLoggers(before: LoggerLevels, now: LoggerLevels): readonly LoggerChange[] {
  return [...before].flatMap(([logger, level]) => {
    const own = now.get(logger) ?? level;
    return own === level ? [] : [{ logger, before: level, now: own }];
  });
}
