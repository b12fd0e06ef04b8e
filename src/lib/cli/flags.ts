/** Flags that commands share, grouped as their help shows them. Bad values are usage errors, found before anything is read. */
import { Args, Flags, type Interfaces } from '@oclif/core';
import { UsageError } from '../errors';
import { parseSize } from '../limits';
import { nearest } from '../nearest';
import type { Via } from '../source/kubernetes-options';
import type { FormatText } from './formats';
import { parseGoDuration, parseGoInteger } from './go-values';

const SOURCE = 'source';
const CLUSTER = 'cluster';
const MAX_PORT = 65535;
const DEFAULT_ADMIN_PORT = 15000;
const DEFAULT_TIMEOUT_MS = 15_000;

/** A port from 0 (istioctl's "any") or `min` to 65535, in any of Go's spellings of a number. */
export const portFlag = Flags.custom<number, { min?: number }>({
  helpValue: 'PORT',
  parse: (text, _context, options) => {
    const port = parseGoInteger(text, options.name);
    const min = options.min ?? 0;
    if (port < min || port > MAX_PORT) {
      throw new UsageError(
        `invalid argument "${text}" for "--${options.name}" flag: port number ${port} must be in the range ${min}..${MAX_PORT}`,
      );
    }
    return Promise.resolve(port);
  },
});

/** A time in Go's notation (`15s`), in milliseconds. */
export const durationFlag = Flags.custom<number>({
  helpValue: 'TIME',
  parse: (text, _context, options) => Promise.resolve(parseGoDuration(text, options.name)),
});

/** A size in bytes, with a unit or without. */
const sizeFlag = Flags.custom<number>({
  helpValue: 'SIZE',
  parse: (text, _context, options) => Promise.resolve(parseSize(text, `--${options.name}`)),
});

/** The word of a closed list that a flag's value is; throws UsageError, with the list, for any other. */
export function parseChoice<T extends string>(text: string, choices: readonly T[], flag: string): T {
  const choice = choices.find((known) => known === text);
  if (choice !== undefined) return choice;
  throw new UsageError(
    `invalid argument "${text}" for "--${flag}" flag: it is one of ${choices.join(', ')}`,
    hintOf(text, choices),
  );
}

const VIAS: readonly Via[] = ['port-forward', 'exec', 'auto'];

const viaFlag = Flags.custom<Via>({
  helpValue: VIAS.join('|'),
  parse: (text, _context, options) => Promise.resolve(parseChoice(text, VIAS, options.name)),
});

/** More would be a burden to any API server. */
const MOST_AT_ONCE = 64;

/** The proxy that a command is about. */
export const targetArgument = Args.string({
  description:
    'The proxy: POD.NAMESPACE, NAMESPACE/POD, POD with -n, deploy/NAME.NAMESPACE, svc/NAME or any TYPE/NAME.',
});

/** Where the configuration comes from, and how to reach a cluster. */
export const sourceFlags = {
  file: Flags.string({
    char: 'f',
    multiple: true,
    helpGroup: SOURCE,
    helpValue: 'FILE',
    summary: 'A saved /config_dump or /clusters?format=json; - is standard input, .gz is fine; repeat it to use both.',
  }),
  snapshot: Flags.string({
    helpGroup: SOURCE,
    helpValue: 'DIR',
    summary: 'A captured mesh (mctl capture). The environment variable MCTL_SNAPSHOT sets it, too.',
  }),
  sample: Flags.boolean({
    helpGroup: SOURCE,
    summary: 'The bookinfo mesh that ships with mctl; --sample=ambient is the one without sidecars.',
  }),
  admin: Flags.string({
    helpGroup: SOURCE,
    helpValue: 'URL',
    summary: "An Envoy's admin address that can be reached as it is, such as http://localhost:15000.",
  }),
  context: Flags.string({ helpGroup: CLUSTER, helpValue: 'NAME', summary: 'Kubeconfig context to use.' }),
  kubeconfig: Flags.string({ char: 'c', helpGroup: CLUSTER, helpValue: 'FILE', summary: 'Kubeconfig file to use.' }),
  namespace: Flags.string({
    char: 'n',
    helpGroup: SOURCE,
    helpValue: 'NAMESPACE',
    summary: 'Namespace of a target that is named without one.',
  }),
  as: Flags.string({ helpGroup: CLUSTER, helpValue: 'USER', summary: 'User to impersonate.' }),
  'as-uid': Flags.string({ helpGroup: CLUSTER, helpValue: 'UID', summary: 'UID to impersonate.' }),
  'as-group': Flags.string({
    multiple: true,
    helpGroup: CLUSTER,
    helpValue: 'GROUP',
    summary: 'Group to impersonate; repeat it for several.',
  }),
  'proxy-admin-port': portFlag({
    min: 1,
    default: DEFAULT_ADMIN_PORT,
    helpGroup: CLUSTER,
    summary: "Port of Envoy's admin interface in the pod.",
  }),
  timeout: durationFlag({
    helpGroup: CLUSTER,
    summary: 'Give up after this long without a byte (15s); there is no limit on the whole.',
  }),
  'kubeclient-timeout': durationFlag({
    hidden: true,
    helpGroup: CLUSTER,
    summary: "istioctl's name for --timeout.",
  }),
  via: viaFlag({
    default: 'port-forward',
    helpGroup: CLUSTER,
    summary: 'How to reach Envoy in the pod: forward a port, or run pilot-agent in its container; auto tries both.',
  }),
  concurrency: Flags.integer({
    default: 8,
    min: 1,
    max: MOST_AT_ONCE,
    helpGroup: CLUSTER,
    helpValue: 'N',
    summary: 'How many pods to ask at once: no more connections to pods than that are open.',
  }),
  'show-requests': Flags.boolean({
    helpGroup: CLUSTER,
    summary: 'Say on standard error what was asked of Envoy and how many bytes came.',
  }),
  'show-secrets': Flags.boolean({
    default: false,
    helpGroup: SOURCE,
    summary: 'Print keys, passwords, tokens and credentials as they are, in place of [redacted].',
  }),
  'max-input': sizeFlag({
    helpGroup: SOURCE,
    summary:
      'Allow input of this size, such as 8GiB, where a stream, a compressed file or a list is larger than the limits (docs/robustness.md). The environment variable MCTL_MAX_INPUT sets it, too.',
  }),
  istioNamespace: Flags.string({ char: 'i', hidden: true, summary: "Accepted for istioctl's sake." }),
  vklog: Flags.string({ hidden: true, summary: "Accepted for istioctl's sake." }),
};

/** Several proxies at once. */
export const replicaFlags = {
  selector: Flags.string({
    char: 'l',
    helpGroup: SOURCE,
    helpValue: 'LABELS',
    summary: 'Proxies by their pod labels, such as app=reviews, in place of a target.',
  }),
  'all-replicas': Flags.boolean({
    helpGroup: SOURCE,
    summary: 'Every proxy that the target or selector stands for, one after the other.',
  }),
};

/** A flag that every view has. */
export const failOnEmptyFlag = Flags.boolean({ summary: 'Exit with status 1 where nothing is left to show.' });

/** A text that narrows a view. */
export function filterFlag(summary: string, options: { readonly helpValue?: string; readonly hidden?: boolean } = {}) {
  return Flags.string({
    helpGroup: 'filter',
    helpValue: options.helpValue ?? 'TEXT',
    summary,
    hidden: options.hidden ?? false,
  });
}

/** istioctl's `--verbose`, which is on unless it is told `=false`. */
export const verboseFlag = Flags.boolean({
  default: true,
  allowNo: false,
  summary: 'Every filter chain or route; --verbose=false prints one line a resource.',
});

/** `-o`, with the formats that the command has; one that ends in `=` takes what stands behind it. */
export function outputFlag<const Name extends string>(formats: readonly Name[], standard: NoInfer<Name>) {
  const initial: string = standard;
  const flag = Flags.custom({
    char: 'o',
    helpValue: formats.join('|'),
    summary: 'Output format.',
    default: initial,
    parse: async (text) => {
      const known = formats.some((format) => (format.endsWith('=') ? isExpression(text, format) : format === text));
      if (known) {
        // A template that mctl does not take is told before anything is read.
        if (text.startsWith('jsonpath=')) {
          const { parseTemplate } = await import('../render/json-path-template.js');
          parseTemplate(text.slice('jsonpath='.length));
        }
        return text;
      }
      throw new UsageError(`output format "${visibleName(text)}" not supported`, {
        hint: `Formats: ${formats.map((format) => (format.endsWith('=') ? `${format}EXPRESSION` : format)).join(', ')}.`,
      });
    },
  })();
  // The parser lets nothing else through.
  return flag as unknown as Interfaces.OptionFlag<FormatText<Name>>;
}

/** The idle time-out that the flags ask for, in milliseconds; zero means none. */
export function idleTimeoutMs(flags: {
  readonly timeout?: number | undefined;
  readonly 'kubeclient-timeout'?: number | undefined;
}): number {
  return flags.timeout ?? flags['kubeclient-timeout'] ?? DEFAULT_TIMEOUT_MS;
}

function isExpression(text: string, format: string): boolean {
  return text.startsWith(format) && text.length > format.length;
}

function visibleName(text: string): string {
  return text.slice(0, 100);
}

function hintOf(text: string, choices: readonly string[]): { hint?: string } {
  const near = nearest(text, choices);
  return near.length > 0 ? { hint: `Did you mean ${near.join(' or ')}?` } : {};
}
