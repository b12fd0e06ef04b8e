// The licences of what the bundles hold, by esbuild's own account of it: THIRD-PARTY-LICENSES beside the bundles.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const LICENCE_FILE = /^(?:licen[cs]e|copying|notice)(?:[.-].*)?$/i;

/** Directories of the packages that files of a bundle come from. */
export function bundledPackages(metafiles) {
  const inputs = metafiles.flatMap(({ outputs }) =>
    Object.values(outputs).flatMap(({ inputs }) =>
      Object.entries(inputs).flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? [path] : [])),
    ),
  );
  const found = inputs.flatMap(
    (path) => /(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path.replace(/^[a-z-]+:/, '')) ?? [],
  );
  return [...new Set(found)].sort();
}

/**
 * Name, version, licence and texts of the package in a directory. Throws where it has neither a licence's name nor a text:
 * such a package must not be bundled.
 */
export function packageLicence(directory) {
  const { name, version, license } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'));
  const texts = readdirSync(directory)
    .filter((file) => LICENCE_FILE.test(file))
    .sort()
    .map((file) => readFileSync(join(directory, file), 'utf8').trim());
  const id = typeof license === 'string' ? license : (license?.type ?? '');
  if (id === '' && texts.length === 0) throw new Error(`${name} ${version} is bundled and says no licence`);
  return { name, version, license: id, texts };
}

/** The text of THIRD-PARTY-LICENSES. */
export function thirdPartyText(metafiles) {
  const licences = bundledPackages(metafiles)
    .filter((directory) => existsSync(join(directory, 'package.json')))
    .map(packageLicence);
  const parts = licences.map(({ name, version, license, texts }) => {
    const whole =
      texts.length === 0 ? `Its package names the licence ${license} and holds no text of it.` : texts.join('\n\n');
    return `${'='.repeat(80)}\n${name} ${version} (${license})\n${'='.repeat(80)}\n\n${whole}\n`;
  });
  return `mctl's bundles hold parts of these packages, under their licences.\n\n${parts.join('\n')}`;
}

/** Names and versions of what is bundled, for checks of advisories. */
export function bundledList(metafiles) {
  return bundledPackages(metafiles)
    .map((directory) => packageLicence(directory))
    .map(({ name, version, license }) => ({ name, version, license }));
}
