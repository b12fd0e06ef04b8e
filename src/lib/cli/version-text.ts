/** What mctl calls itself: `mctl/1.2.3 linux-x64 node-v20.0.0`. bin/run.js says the same without the bundle. */
export function versionText(version: string): string {
  return `mctl/${version} ${process.platform}-${process.arch} node-${process.version}`;
}
