/** Flags that say which requests are asked about. */
import { Flags } from '@oclif/core';

/** `--where`, repeatable. */
export function whereFlag() {
  return Flags.string({
    multiple: true,
    helpValue: 'CONDITION',
    summary:
      'Only requests with host=, path=/exact, path=/prefix*, path~REGEX, method=, header:NAME=VALUE, header:NAME or port=; of a client with tls=, principal=, namespace=, source-ip= or sni=; of a token with token, claim:NAME=VALUE or claim:NAME; ! in front for not.',
  });
}

/** `--mode` of reach. */
export function reachModeFlag() {
  return Flags.option({
    options: ['outbound', 'inbound'] as const,
    summary: 'Requests that the pod sends (outbound, the default), or those that come to it from any caller (inbound).',
  })();
}

/** `--one-hop`. */
export function oneHopFlag() {
  return Flags.boolean({
    summary: "Stop at the first proxy; policies and routes of the destination's proxy are left out.",
  });
}

/** `--max-classes`. */
export function maxClassesFlag() {
  return Flags.integer({ helpValue: 'N', min: 1, default: 10_000, summary: 'Make no more classes than this.' });
}
