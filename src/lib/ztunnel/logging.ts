/** Log levels of a ztunnel. https://github.com/istio/ztunnel (src/admin.rs, src/telemetry.rs) */
import { UsageError } from '../errors';
import { uriComponent } from '../uri-component';

/** istioctl's words for levels, and ztunnel's. */
const LEVELS: ReadonlyMap<string, string> = new Map([
  ['trace', 'trace'],
  ['debug', 'debug'],
  ['info', 'info'],
  ['warning', 'warn'],
  ['warn', 'warn'],
  ['error', 'error'],
  ['critical', 'error'],
  ['off', 'off'],
]);

/** What `--level` asks of ztunnel: istioctl's `module:level`, which ztunnel refuses, as `module=level`. Throws UsageError. */
export function parseZtunnelLevels(text: string): string {
  return text.split(',').map(parseOne).join(',');
}

function parseOne(text: string): string {
  const [, module, word = ''] = /^(?:(.*)[:=])?([^:=]*)$/s.exec(text) ?? [];
  const level = LEVELS.get(word);
  if (level === undefined || module === '') {
    throw new UsageError(`unrecognized logging level: ${text}`, {
      hint: `Levels: ${[...LEVELS.keys()].join(', ')}; of one module: access=debug.`,
    });
  }
  return module === undefined ? level : `${module}=${level}`;
}

/** The path that sets levels, or with an empty text only asks what they are. */
export function loggingPath(levels: string, reset: boolean): string {
  return reset ? '/logging?level=info&reset' : `/logging?level=${uriComponent(levels)}`;
}
