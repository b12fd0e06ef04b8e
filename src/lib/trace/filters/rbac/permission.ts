/**
 * `envoy.config.rbac.v3.Permission`: what is done.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/rbac/v3/rbac.proto#config-rbac-v3-permission
 */
import { rangeText } from '../../../match/cidr';
import { messageOf, messageTypeOf, type TypedExtension } from '../../../envoy/any';
import type { Permission } from '../../../envoy/rbac';
import { describeStringMatcher, matchString } from '../../../match/string-matcher';
import type { Ternary } from '../../../match/ternary';
import { matchUriTemplate } from '../../../match/uri-template';
import { watcher } from '../../../match/watch';
import { pathOnly } from '../../../http/message';
import type { RbacCondition, RbacInput } from './condition';
import type { CameFacts } from '../../facts/policy';
import { addressLeaf, anyLeaf, headerLeaf, isText, leaf, metadataLeaf, pathLeaf, unknownLeaf } from './leaves';

export function compilePermission(permission: Permission): RbacCondition {
  return compileGroup(permission) ?? compileRequest(permission) ?? compileDestination(permission);
}

function compileGroup(permission: Permission): RbacCondition | null {
  if (permission.and_rules !== undefined) {
    return { kind: 'all', of: (permission.and_rules.rules ?? []).map(compilePermission) };
  }
  if (permission.or_rules !== undefined) {
    return { kind: 'any', of: (permission.or_rules.rules ?? []).map(compilePermission) };
  }
  if (permission.not_rule !== undefined) return { kind: 'not', of: compilePermission(permission.not_rule) };
  return permission.any === undefined ? null : anyLeaf('any request');
}

function compileRequest(permission: Permission): RbacCondition | null {
  if (permission.header !== undefined) return headerLeaf(permission.header);
  if (permission.url_path !== undefined) return pathLeaf(permission.url_path);
  if (permission.uri_template !== undefined) return templateLeaf(permission.uri_template);
  if (permission.metadata !== undefined) return metadataLeaf(permission.metadata, 'DYNAMIC');
  if (permission.sourced_metadata !== undefined) {
    const { metadata_matcher: matcher, metadata_source: source } = permission.sourced_metadata;
    return metadataLeaf(matcher ?? {}, source ?? 'DYNAMIC');
  }
  return null;
}

function compileDestination(permission: Permission): RbacCondition {
  const { destination_ip: ip, destination_port: port, destination_port_range: range } = permission;
  if (ip !== undefined) {
    return addressLeaf(`destination address in ${rangeText(ip)}`, ip, ({ connection }) => connection.local.ip);
  }
  if (port !== undefined) {
    return portLeaf(`destination port ${port}`, port, port + 1);
  }
  if (range !== undefined) {
    const { start = 0, end = 0 } = range;
    return portLeaf(`destination port from ${start} to below ${end}`, start, end);
  }
  const name = permission.requested_server_name;
  if (name !== undefined) {
    const came = ({ connection }: RbacInput): CameFacts =>
      connection.detected.serverName === '' ? { kind: 'no-server-name' } : isText(connection.detected.serverName);
    const wants = (): string => `requested server name ${describeStringMatcher(name)}`;
    return leaf(wants, ({ connection }) => matchString(name, connection.detected.serverName), came);
  }
  const extension = permission.matcher;
  const what = extension === undefined ? 'a permission that mctl does not know' : extensionName(extension);
  return unknownLeaf(what);
}

/** The port from `start` to below `end`. */
function portLeaf(wants: string, start: number, end: number): RbacCondition {
  return leaf(
    () => wants,
    ({ connection: { local } }) => {
      watcher()?.port(local.port, start, end);
      return local.port >= start && local.port < end;
    },
    ({ connection }) => ({ kind: 'is', shown: String(connection.local.port) }),
  );
}

function templateLeaf(extension: TypedExtension): RbacCondition {
  const { path_template: template } = messageOf<{ path_template?: string }>(extension.typed_config);
  if (template === undefined) return unknownLeaf(extensionName(extension));
  const holds = ({ message }: RbacInput): Ternary => {
    if (message === null || message.path === '') return false;
    watcher()?.path({ kind: 'template', template }, pathOnly(message.path));
    return matchUriTemplate(template, pathOnly(message.path)) !== null;
  };
  return leaf(
    () => `path of the template ${template}`,
    holds,
    ({ message }) => isText(pathOnly(message?.path ?? '')),
  );
}

function extensionName(extension: TypedExtension): string {
  return `the matcher extension ${extension.name ?? messageTypeOf(extension.typed_config)}`;
}
