/** Prints a view in the format asked for. */
import { redacted } from '../envoy/redact';
import { renderJson, renderJsonPath, renderYaml } from '../render/structured';
import { plainBlocks, renderFramed } from '../render/table';
import type { KeepAs } from '../scan/raw-dump';
import type { View } from '../view/view';
import type { Output, Streams } from './streams';

export const VIEW_FORMATS = ['short', 'table', 'wide', 'json', 'yaml', 'name', 'jsonpath='];

/** Whether a format shows a view's own columns alone, so that the rest of a resource need not be read. */
export function isTable(format: string): boolean {
  return format === 'short' || format === 'table' || format === 'name';
}

/** What is kept of entries for a view in a format. */
export function keptFor(format: string): KeepAs {
  return isTable(format) ? 'fields' : 'whole';
}

/** The text of a view in one of VIEW_FORMATS; a plain table in blocks. */
export async function viewText(view: View, format: string, streams: Streams): Promise<Output> {
  switch (format) {
    case 'short':
      return typeof view.instead === 'string' ? `${view.instead}\n` : plainBlocks(view.table);
    case 'table':
      return await renderFramed(view.table, streams.width);
    case 'wide':
      return plainBlocks(view.wide());
    case 'name':
      return view
        .names()
        .map((name) => `${name}\n`)
        .join('');
    default:
      return await structuredText(view.json(), format);
  }
}

/** A value as `json`, `yaml` or by `jsonpath=`, with no private key in it. */
export async function structuredText(held: object, format: string): Promise<string> {
  const value = redacted(held);
  if (format === 'json') return renderJson(value);
  return format === 'yaml' ? await renderYaml(value) : await renderJsonPath(format.slice('jsonpath='.length), value);
}
