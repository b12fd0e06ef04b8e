/** Words before `key` that make it the key to something, and no secret. */
export const KEYS_THAT_NAME: ReadonlySet<string> = new Set([
  // Of Envoy's own fields: `runtime_key`, `header_key`, `tlv_as_pool_key`.
  ...['runtime', 'descriptor', 'metadata', 'header', 'string', 'generic', 'disable', 'labels', 'pool', 'share'],
  ...['object', 'factory', 'filter', 'param', 'parameter', 'stat', 'stats', 'host', 'claim', 'scope'],
  // Of data bases, caches, queues and load balancers.
  ...['cache', 'hash', 'sort', 'primary', 'foreign', 'partition', 'shard', 'sharding', 'routing', 'route', 'row'],
  ...['lookup', 'map', 'index', 'state', 'unique', 'natural', 'composite', 'range', 'bucket', 'dedup', 'lock'],
  ...['idempotency', 'idempotent', 'surrogate', 'affinity', 'sticky', 'balancing', 'topology', 'subset', 'locality'],
  // Of HTTP: `Sec-WebSocket-Key` is no secret. https://www.rfc-editor.org/rfc/rfc6455#section-4.1
  ...['websocket', 'public', 'pub', 'trace', 'request', 'correlation', 'message', 'event', 'path', 'cluster'],
  // Of Kubernetes and of what people call things.
  ...['tag', 'attribute', 'property', 'context', 'service', 'label', 'annotation', 'field', 'name', 'resource', 'id'],
  ...['translation', 'locale', 'config', 'configmap', 'value', 'json', 'yaml', 'dictionary', 'entry', 'node', 'type'],
  ...['taint', 'toleration', 'selector', 'extension', 'tenant', 'region', 'zone', 'remote', 'limit', 'rate', 'short'],
]);
