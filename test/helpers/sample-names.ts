/** What commands of the documentation leave open, with names of the mesh that ships with mctl. */

const NAMES: readonly (readonly [placeholder: RegExp, name: string])[] = [
  [/\bPOD\.NAMESPACE\b/g, 'productpage-v1-6b746f74dc-9stvs.bookinfo'],
  [/\bURL\b/g, 'http://reviews:9080/reviews/0'],
  [/\bCLUSTER\b/g, "'outbound|9080|v3|reviews.bookinfo.svc.cluster.local'"],
  [/\bHOST\b/g, 'reviews.bookinfo.svc.cluster.local'],
  [/\bNODE\b/g, 'n1'],
  [/--snapshot DIR\b/g, '--sample=ambient'],
];

/** A command with names in place of words in capitals. */
export function withNamesOfSample(command: string): string {
  return NAMES.reduce((text, [placeholder, name]) => text.replace(placeholder, name), command);
}
