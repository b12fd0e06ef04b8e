/** What a Secret of Kubernetes holds, which may have any name. https://kubernetes.io/docs/concepts/configuration/secret/ */
import { REDACTED } from './disclosure';

const KIND = /^[ \t]*(?:- )?kind:[ \t]*["']?Secret["']?[ \t]*$/m;

/** The block below `data` and `stringData`, by its indentation. */
const DATA =
  /^(?<head>(?<indent>[ \t]{0,200})(?:data|stringData):[ \t]*\r?\n)(?<body>(?:\k<indent>[ \t]+\S[^\n]*(?:\n|$))+)/gm;

/** A text of YAML without what Secrets of Kubernetes in it hold. */
export function withoutSecretData(text: string): string {
  if (!KIND.test(text)) return text;
  return text
    .split(/^(?=---)/m)
    .map((document) => (KIND.test(document) ? document.replace(DATA, withoutBody) : document))
    .join('');
}

function withoutBody(...groups: readonly unknown[]): string {
  const { head = '', body = '' } = groups.at(-1) as Readonly<Record<string, string | undefined>>;
  return (
    head +
    body.replace(/^([ \t]*(?:[\w.-]+:[ \t]*)?).*$/gm, (line, name: string) => (line === '' ? line : name + REDACTED))
  );
}

/** Whether an object is a Secret, so that all that stands in its field is secret. */
export function isSecretData(holder: Readonly<Record<string, unknown>>, key: string): boolean {
  return (key === 'data' || key === 'stringData') && holder['kind'] === 'Secret';
}
