/** JSON pointers. https://www.rfc-editor.org/rfc/rfc6901 */

/** A name as a token of a pointer. */
export function tokenOf(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}
