/** What a differential test needs of the machine: an Envoy, root, iptables, and the tools of util-linux. */
import { works } from './process';

/** As missingTools, for a test that needs Envoy and nothing else. */
export function missingEnvoy(): readonly string[] {
  return works([process.env['ENVOY'] ?? 'envoy', '--version']) ? [] : ['Envoy (on PATH, or its path in ENVOY)'];
}

/** What is missing here, for a message; empty where the rigs can run. */
export function missingTools(): readonly string[] {
  const missing: string[] = [...missingEnvoy()];
  if (process.getuid?.() !== 0) missing.push('root');
  for (const tool of ['ip', 'iptables', 'iptables-restore', 'nsenter', 'unshare', 'setpriv']) {
    if (!works([tool, tool === 'ip' ? '-V' : '--version'])) missing.push(tool);
  }
  if (!works(['openssl', 'version'])) missing.push('openssl');
  if (missing.length === 0 && !works(['unshare', '--net', 'true'])) missing.push('network namespaces');
  return missing;
}

/**
 * `describe` where the rigs can run; elsewhere a skipped one that says what is missing. Where MCTL_REQUIRE_ENVOY is set, what
 * is missing is a failure.
 */
export function describeWithEnvoy(name: string, tests: () => void, missing = missingTools()): void {
  if (missing.length === 0) {
    describe(name, tests);
  } else if (process.env['MCTL_REQUIRE_ENVOY'] === '1') {
    it(`${name}: needs ${missing.join(', ')}`, () => {
      throw new Error(`missing: ${missing.join(', ')}`);
    });
  } else {
    it.skip(`${name}: skipped, for there is no ${missing.join(', ')}`, () => undefined);
  }
}
