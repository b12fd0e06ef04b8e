/** Prints a view in the format asked for. */
import { renderJson, renderJsonPath, renderYaml } from '../render/structured';
import { renderFramed, renderPlain } from '../render/table';
import type { View } from '../view/view';
import type { Streams } from './streams';

export const VIEW_FORMATS = ['short', 'table', 'wide', 'json', 'yaml', 'name', 'jsonpath='];

/** Whether a format shows a view's own columns alone, so that the rest of a resource need not be read. */
export function isTable(format: string): boolean {
  return format === 'short' || format === 'table' || format === 'name';
}

/** The text of a view in one of VIEW_FORMATS. */
export async function viewText(view: View, format: string, streams: Streams): Promise<string> {
  switch (format) {
    case 'short':
      return renderPlain(view.table);
    case 'table':
      return await renderFramed(view.table, streams.width);
    case 'wide':
      return renderPlain(view.wide());
    case 'json':
      return renderJson(view.json());
    case 'yaml':
      return await renderYaml(view.json());
    case 'name':
      return view.names.map((name) => `${name}\n`).join('');
    default:
      return await renderJsonPath(format.slice('jsonpath='.length), view.json());
  }
}
