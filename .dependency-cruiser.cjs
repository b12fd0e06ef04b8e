/** The walls of the house: which layer may import which. Each rule says what to do about a breach. */
const LIB = '^src/lib/';
const MAY = {
  secrets: [],
  match: ['envoy'],
  http: ['envoy', 'match'],
  scan: [],
  envoy: ['scan'],
  files: [],
  source: ['files', '^src/vendor/kubernetes'],
  mesh: ['match', 'envoy', 'ztunnel'],
  ztunnel: ['scan'],
  view: ['envoy', 'ztunnel', 'scan', 'match', 'http', 'render'],
  iptables: ['match'],
  trace: ['envoy', 'match', 'http', 'mesh', 'iptables', 'ztunnel'],
  session: ['source', 'scan', 'envoy', 'match', 'mesh', 'trace', 'explain', 'view', 'ztunnel'],
  render: [],
  'access-log': ['trace', 'envoy', 'http', 'match'],
  glossary: ['envoy', 'trace', 'lint'],
  explain: ['trace', 'mesh', 'render', 'envoy', 'http', 'match', 'access-log', 'glossary'],
  capture: ['source', 'files'],
  diff: ['view', 'trace', 'envoy', 'mesh', 'render', 'reach'],
  algebra: ['envoy', 'match', 'http'],
  reach: ['algebra', 'trace', 'explain', 'envoy', 'match', 'http', 'render'],
  lint: ['algebra', 'view', 'envoy', 'match', 'http', 'trace', 'mesh', 'ztunnel'],
  curl: ['trace'],
  proof: ['trace', 'envoy', 'access-log'],
  send: ['trace'],
  completion: [],
  check: ['trace', 'explain', 'curl', 'view', 'render', 'envoy', 'reach'],
  generate: ['check', 'lint', 'trace', 'envoy', 'match', 'http', 'render'],
};
const SHARED = `${LIB}(?:(?:errors|caller|proxy-id|nearest|seekable-file|dump-request|exact-number|http-token|limits|json-fields|lists|literal-expression|long-work|own-field|remembered|repeated-key|repeated-parts|shell-word|uri-component|web-assembly)[.]ts$|secrets/)`;
const layer = Object.entries(MAY).map(([from, to]) => ({
  name: `layer-${from}`,
  severity: 'error',
  comment: `${from} may import: ${to.join(', ') || 'errors and proxy-id only'}. Move the code down or pass the value in.`,
  from: { path: `${LIB}${from}/` },
  to: { path: '^src/', pathNot: [`${LIB}${from}/`, SHARED, ...to.map((t) => (t.startsWith('^') ? t : `${LIB}${t}/`))] },
}));
/** The floors of the trace, ground up: each imports only what stands on a line before its own, or beside it in its folder. */
const FLOORS = [
  'terms',
  'facts/',
  'model',
  'origin|outcome|decisions|connection|explain-options',
  'own-certificate|certificate-names|known-mesh',
  'request/',
  'hop/',
  'filters/shared/',
  'filters/rbac/',
  'filters/(http|network)/',
  'filters/',
  'listener/',
  'upstream/',
  'http/',
  'tcp/',
  'ztunnel/',
  'walk-hop',
  'journey/',
  'branches',
  'trace',
].map((floor) => `${LIB}trace/(${floor})${floor.endsWith('/') ? '' : '[.]ts$'}`);
const floors = FLOORS.slice(0, -1).map((floor, index) => ({
  name: `trace-floor-${index}`,
  severity: 'error',
  comment: 'A request travels up through the floors of the trace: move what is shared down, or pass the value in.',
  from: { path: floor, pathNot: FLOORS.slice(0, index) },
  to: { path: FLOORS.slice(index + 1), pathNot: FLOORS.slice(0, index + 1) },
}));
const everyFloor = {
  name: 'trace-floor-of-its-own',
  severity: 'error',
  comment: 'A file of the trace that stands on no floor: write it into FLOORS.',
  from: { path: `${LIB}trace/`, pathNot: FLOORS },
  to: {},
};
const only = (name, pkg, from) => ({
  name: `only-${name}`,
  severity: 'error',
  comment: `${pkg} belongs to ${from}: go through that module.`,
  from: { path: '^src/', pathNot: from },
  to: { path: pkg },
});

module.exports = {
  forbidden: [
    ...layer,
    ...floors,
    everyFloor,
    { name: 'lib-knows-no-command', severity: 'error', from: { path: LIB }, to: { path: '^src/commands' } },
    {
      name: 'core-is-pure',
      severity: 'error',
      comment: 'The core reads no files and opens no sockets: hand it bytes or values.',
      from: {
        path: `${LIB}(scan|envoy|ztunnel|match|http|mesh|iptables|view|trace|render|explain|completion|curl|access-log|proof|glossary|check|lint|generate|reach)/`,
      },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?(net|util|crypto)$' },
    },
    {
      name: 'files-are-opened-in-one-place',
      severity: 'error',
      comment: 'Paths are made, held inside their root and opened in src/lib/files: use Root, Folder or namedFile.',
      from: {
        path: '^src/',
        pathNot: `${LIB}(files/|cli/(package-root|manifest-index)[.]ts$|cli/complete-words[.]ts$|cli/(trace/curl-arguments|standard-streams)[.]ts$|source/kubernetes/(kubeconfig|oidc|oidc-user)[.]ts$)`,
      },
      to: { path: '^(node:)?fs(/promises)?$' },
    },
    {
      name: 'core-knows-no-oclif',
      severity: 'error',
      from: { pathNot: '^(src/commands|src/lib/cli/|src/vendor/|bin|test)' },
      to: { path: 'node_modules/@oclif/' },
    },
    only('client-node', 'node_modules/@kubernetes/', '^src/(lib/source/kubernetes/|vendor/)'),
    only('ws', 'node_modules/ws/', '^src/vendor/'),
    only('cli-table3', 'node_modules/cli-table3', '^src/lib/render/table[.]ts$'),
    only('ora', 'node_modules/ora', '^src/lib/cli/'),
    only('jsonpath', 'node_modules/jsonpath-plus', '^src/lib/render/json-path[.]ts$'),
    only('re2js', 'node_modules/re2js', '^src/lib/match/regex[.]ts$'),
    {
      name: 'heavy-is-lazy',
      severity: 'error',
      comment: 'Start-up: load it with await import() where it is used.',
      from: { path: '^src/', pathNot: '^src/vendor/' },
      to: { path: 'node_modules/(@kubernetes|ora)/', dynamic: false, dependencyTypesNot: ['type-only'] },
    },
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-orphans',
      severity: 'error',
      from: { orphan: true, pathNot: ['[.]d[.]ts$', '^src/commands/', '^src/index[.]ts$', '^src/vendor/'] },
      to: {},
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: ['node_modules', '^dist/'] },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
