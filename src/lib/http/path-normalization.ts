/**
 * Path normalisation of the HTTP connection manager.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/extensions/filters/network/http_connection_manager/v3/http_connection_manager.proto
 * (normalize_path, merge_slashes, path_with_escaped_slashes_action)
 */
import type { HttpConnectionManager } from '../envoy/listener';

export type NormalPath =
  | { readonly kind: 'path'; readonly path: string; readonly changes: readonly PathChange[] }
  | { readonly kind: 'redirect'; readonly location: string }
  | { readonly kind: 'refused'; readonly fault: PathFault };

/** What a path holds that is refused. */
export type PathFault = 'fragment' | 'escaped-slash' | 'escaped-nul';

/** One change of a path. */
export interface PathChange {
  readonly by: 'escaped slashes' | 'normalised' | 'merged slashes';
  readonly before: string;
  readonly after: string;
}

/** Applies the manager's settings to a path with query: escaped slashes, then normalisation, then slashes merged. */
export function normalizePath(manager: HttpConnectionManager, target: string): NormalPath {
  if (target.includes('#')) return { kind: 'refused', fault: 'fragment' };
  const mark = target.indexOf('?');
  const query = mark < 0 ? '' : target.slice(mark);
  const changes: PathChange[] = [];
  const change = (by: PathChange['by'], before: string, after: string): string => {
    if (before !== after) changes.push({ by, before, after });
    return after;
  };
  let path = mark < 0 ? target : target.slice(0, mark);
  const unescaped = unescapeSlashes(path);
  const action = manager.path_with_escaped_slashes_action ?? 'KEEP_UNCHANGED';
  const redirects = action === 'UNESCAPE_AND_REDIRECT' && unescaped !== path;
  if (unescaped !== path) {
    if (action === 'REJECT_REQUEST') return { kind: 'refused', fault: 'escaped-slash' };
    if (action === 'UNESCAPE_AND_FORWARD' || redirects) path = change('escaped slashes', path, unescaped);
  }
  if (manager.normalize_path === true) {
    const normal = canonicalPath(path);
    if (normal === null) return { kind: 'refused', fault: 'escaped-nul' };
    path = change('normalised', path, normal);
  }
  if (manager.merge_slashes === true) path = change('merged slashes', path, mergedSlashes(path));
  return redirects ? { kind: 'redirect', location: path + query } : { kind: 'path', path: path + query, changes };
}

/** One slash between segments; each end keeps one of its own, so that `//` stays what it is. */
function mergedSlashes(path: string): string {
  if (!path.includes('//')) return path;
  const segments = path.split('/').filter((segment) => segment !== '');
  return `${path.startsWith('/') ? '/' : ''}${segments.join('/')}${path.endsWith('/') ? '/' : ''}`;
}

function unescapeSlashes(path: string): string {
  return path.replace(/%2f/gi, '/').replace(/%5c/gi, '\\');
}

/** RFC 3986 with a browser's habits; null where Envoy refuses the path. */
function canonicalPath(path: string): string | null {
  if (path.includes('%00')) return null;
  const decoded = path
    .replaceAll('\\', '/')
    .replace(/%([0-9a-fA-F]{2})/g, (escape, hex: string) => {
      const character = String.fromCharCode(Number.parseInt(hex, 16));
      return /^[A-Za-z0-9._~-]$/.test(character) ? character : escape;
    })
    .replace(/["<>^`{|}]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
  return withoutDots(decoded);
}

function withoutDots(path: string): string {
  const segments = path.slice(1).split('/');
  const kept: string[] = [];
  for (const [index, segment] of segments.entries()) {
    const isLast = index === segments.length - 1;
    if (segment === '..') kept.pop();
    if (segment === '.' || segment === '..') {
      if (isLast) kept.push('');
    } else {
      kept.push(segment);
    }
  }
  return `/${kept.join('/')}`;
}
