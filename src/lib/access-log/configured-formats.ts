/** The formats of the access logs that a proxy's own configuration writes. */
import { messageOf, messageTypeOf, type TypedExtension } from '../envoy/any';
import { chainsOf, httpManagers } from '../envoy/http-managers';
import type { ProxyConfig } from '../envoy/proxy-config';
import { hasOperator, jsonFormat, type LogFormat, piecesOf } from './format';

interface FileAccessLog {
  readonly path?: string;
  readonly log_format?: {
    readonly text_format?: string;
    readonly text_format_source?: { readonly inline_string?: string };
    readonly json_format?: unknown;
  };
  /** Before `log_format` there were these two. */
  readonly format?: string;
  readonly json_format?: unknown;
  readonly typed_json_format?: unknown;
}

const WRITES_LINES = /\.(?:FileAccessLog|StdoutAccessLog|StderrAccessLog)$/;

/**
 * Each different format, of listeners, HTTP connection managers and TCP proxies. One that writes Envoy's default has none.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/extensions/access_loggers/file/v3/file.proto
 */
export function configuredFormats(config: ProxyConfig): readonly LogFormat[] {
  const found = new Map<string, LogFormat>();
  for (const log of accessLogs(config)) {
    if (!WRITES_LINES.test(messageTypeOf(log.typed_config))) continue;
    const { log_format: format, ...old } = messageOf<FileAccessLog>(log.typed_config);
    const text = format?.text_format_source?.inline_string ?? format?.text_format ?? old.format;
    const json = format?.json_format ?? old.json_format ?? old.typed_json_format;
    const name = "the format of the proxy's configuration";
    if (text !== undefined) {
      // A text without operators is the same for every request.
      const pieces = piecesOf(text.replace(/\r?\n$/, ''));
      if (hasOperator(pieces)) found.set(text, { kind: 'text', name, pieces });
    } else if (typeof json === 'object' && json !== null) {
      found.set(JSON.stringify(json), jsonFormat(json, name));
    }
  }
  return [...found.values()];
}

function* accessLogs(config: ProxyConfig): Generator<TypedExtension> {
  for (const { manager } of httpManagers(config)) yield* manager.access_log ?? [];
  for (const { resource } of config.servingListeners) {
    if (resource === null) continue;
    yield* resource.access_log ?? [];
    for (const { chain } of chainsOf(resource)) {
      for (const filter of chain.filters ?? []) {
        if (!messageTypeOf(filter.typed_config).endsWith('.TcpProxy')) continue;
        yield* messageOf<{ readonly access_log?: readonly TypedExtension[] }>(filter.typed_config).access_log ?? [];
      }
    }
  }
}
