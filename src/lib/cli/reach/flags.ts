/** Flags that say which requests are asked about. */
import { Flags } from '@oclif/core';

export function whereFlag() {
  return Flags.string({
    multiple: true,
    helpValue: 'CONDITION',
    summary:
      'Only requests with host=, path=/exact, path=/prefix*, path~REGEX, method=, header:NAME=VALUE, header:NAME or port=, ! in front for not; of a client with principal=, source-ip=, sni= or claim:NAME=VALUE.',
  });
}

export function oneHopFlag() {
  return Flags.boolean({
    summary: "Stop at the first proxy; policies and routes of the destination's proxy are left out.",
  });
}

export function maxClassesFlag() {
  return Flags.integer({ helpValue: 'N', min: 1, default: 10_000, summary: 'Make no more classes than this.' });
}
