/**
 * Holds krew.yaml to the rules of krew (https://krew.sigs.k8s.io/docs/developer-guide/plugin-manifest) and to package.json.
 * `--archive FILE` writes the SHA-256 of a packed release into it.
 */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDocument } from 'yaml';

const root = new URL('..', import.meta.url).pathname;
const PATH = join(root, 'krew.yaml');
const RESERVED = /^(?:con|prn|aux|nul|(?:com|lpt)[1-9])$/i;
const isText = (value) => typeof value === 'string' && value !== '';

/** What is wrong with a manifest of this plug-in name, version, and names of bin files. */
export function krewFaults(manifest, { name, version, bins }) {
  const { apiVersion, kind, metadata, spec = {} } = manifest ?? {};
  const { shortDescription, platforms = [] } = spec;
  return [
    apiVersion === 'krew.googlecontainertools.github.com/v1alpha2' ? null : `apiVersion is ${apiVersion}`,
    kind === 'Plugin' ? null : `kind is ${kind}`,
    /^[\w-]+$/.test(metadata?.name ?? '') && !RESERVED.test(metadata.name) ? null : 'metadata.name cannot be a file',
    metadata?.name === name ? null : `metadata.name is ${metadata?.name}, and the package is ${name}`,
    isText(shortDescription) ? null : 'shortDescription is missing',
    /[\r\n]/.test(shortDescription ?? '') ? 'shortDescription has a line break' : null,
    spec.version === `v${version}` ? null : `version is ${spec.version}, and the package is v${version}`,
    isText(spec.homepage) ? null : 'homepage is missing',
    Array.isArray(platforms) && platforms.length > 0 ? null : 'platforms is empty',
    ...[platforms]
      .flat()
      .flatMap((platform, at) => platformFaults(platform, bins).map((fault) => `platforms[${at}]: ${fault}`)),
  ].filter((fault) => fault !== null);
}

function platformFaults({ uri, sha256, bin, files, selector } = {}, bins) {
  const { matchLabels, matchExpressions } = selector ?? {};
  const keys = [...Object.keys(matchLabels ?? {}), ...(matchExpressions ?? []).map(({ key }) => key)];
  const unknown = keys.filter((key) => key !== 'os' && key !== 'arch');
  return [
    isText(uri) && /^https:\/\/\S+\.(?:tar\.gz|tgz|zip)$/.test(uri) ? null : 'uri is no archive behind https',
    /^[a-f0-9]{64}$/.test(sha256 ?? '') ? null : 'sha256 is not 64 hexadecimal digits',
    bins.includes(bin) ? null : `bin is ${bin}, and the archive has ${bins.join(', ')}`,
    files === undefined || (files.length > 0 && files.every(({ from, to }) => isText(from) && isText(to)))
      ? null
      : 'files has an entry without from or to, or none',
    keys.length > 0 ? null : 'selector selects nothing',
    unknown.length === 0 ? null : `selector has the key ${unknown.join(', ')}`,
  ].filter((fault) => fault !== null);
}

if (process.argv[1]?.endsWith('krew.mjs')) {
  const { name, version, bin } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const document = parseDocument(readFileSync(PATH, 'utf8'));
  const [, , mode, archive] = process.argv;
  if (mode === '--archive') {
    const sha256 = createHash('sha256').update(readFileSync(archive)).digest('hex');
    document
      .get('spec')
      .get('platforms')
      .items.forEach((platform) => platform.set('sha256', sha256));
    writeFileSync(PATH, document.toString({ lineWidth: 0 }));
  }
  // npm packs everything under `package`.
  const bins = Object.values(bin).map((path) => `package/${path}`);
  const faults = [...document.errors.map(String), ...krewFaults(document.toJS(), { name, version, bins })];
  for (const fault of faults) console.error(`krew.yaml: ${fault}`);
  process.exitCode = faults.length > 0 ? 1 : 0;
}
