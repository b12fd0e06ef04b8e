/** NetworkPolicies held against a second reading of Kubernetes' rules, and against examples whose answers are known. */
import fc from 'fast-check';
import { readPod } from '../../../src/lib/mesh/kubernetes';
import {
  type NetworkPeer,
  type NetworkPolicy,
  readNetworkPolicy,
  type StoppedConnection,
  stoppedBy,
} from '../../../src/lib/mesh/network-policy';

type Labelled = Readonly<Record<string, string>>;

function peer(namespace: string, name: string, ip: string, labels: Labelled): NetworkPeer {
  const object = { metadata: { name, namespace, labels }, status: { podIP: ip }, spec: { containers: [CONTAINER] } };
  return { ip, id: { name, namespace }, pod: readPod(object) };
}

const CONTAINER = { name: 'app', ports: [{ name: 'http', containerPort: 8080 }] };
const SLEEP = peer('shop', 'sleep', '10.0.0.2', { app: 'sleep' });
const APP = peer('shop', 'app', '10.0.1.7', { app: 'app', tier: 'back' });
const FAR = peer('other', 'far', '10.9.0.1', { app: 'sleep' });

function policy(spec: object, namespace = 'shop'): NetworkPolicy {
  const read = readNetworkPolicy({ metadata: { name: 'np', namespace }, spec });
  if (read === null) throw new Error('the policy has a name');
  return read;
}

function stopped(
  spec: object,
  from: NetworkPeer = SLEEP,
  to: NetworkPeer = APP,
  port = 15008,
): StoppedConnection | null {
  return stoppedBy([policy(spec)], from, to, port);
}

const TO_APP = { podSelector: { matchLabels: { app: 'app' } } };
const WITH_PORT = (port: number | string, more: object = {}): object => ({
  ...TO_APP,
  ingress: [{ ports: [{ port, ...more }] }],
});

describe('what comes in', () => {
  test.each<[string, object]>([
    ['no rule lets anybody in', { ...TO_APP }],
    ['the port of the application alone', WITH_PORT(8080)],
    ['a port by the name of a container', WITH_PORT('http')],
    ['another protocol', WITH_PORT(15008, { protocol: 'UDP' })],
    ['a range that ends before it', WITH_PORT(15000, { endPort: 15007 })],
    ['another pod', { ...TO_APP, ingress: [{ from: [{ podSelector: { matchLabels: { app: 'web' } } }] }] }],
    [
      'another namespace by its name',
      {
        ...TO_APP,
        ingress: [{ from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'other' } } }] }],
      },
    ],
    [
      'a range of addresses without its exception',
      {
        ...TO_APP,
        ingress: [{ from: [{ ipBlock: { cidr: '10.0.0.0/16', except: ['10.0.0.0/24'] } }] }],
      },
    ],
  ])('is stopped by %s', (_what, spec) => {
    expect(stopped(spec)).toEqual({ direction: 'ingress', by: [{ name: 'np', namespace: 'shop' }], unless: null });
  });

  test.each<[string, object]>([
    ['a policy of another pod', { podSelector: { matchLabels: { app: 'web' } } }],
    ['a policy of what goes out', { ...TO_APP, policyTypes: ['Egress'], egress: [] }],
    ['a rule without conditions', { ...TO_APP, ingress: [{}] }],
    ['port 15008', WITH_PORT(15008)],
    ['a range with it', WITH_PORT(15000, { endPort: 15010 })],
    [
      'the caller by its labels',
      { ...TO_APP, ingress: [{ from: [{ podSelector: { matchLabels: { app: 'sleep' } } }] }] },
    ],
    ['every namespace', { ...TO_APP, ingress: [{ from: [{ namespaceSelector: {} }] }] }],
    ['the caller by its address', { ...TO_APP, ingress: [{ from: [{ ipBlock: { cidr: '10.0.0.2/32' } }] }] }],
    ['one of several', { ...TO_APP, ingress: [{ ports: [{ port: 80 }] }, { from: [{ podSelector: {} }] }] }],
  ])('is let through by %s', (_what, spec) => {
    expect(stopped(spec)).toBeNull();
  });

  it('is not sure where labels of a namespace decide, which no snapshot has', () => {
    const spec = { ...TO_APP, ingress: [{ from: [{ namespaceSelector: { matchLabels: { team: 'a' } } }] }] };
    expect(stopped(spec, FAR)).toEqual({
      direction: 'ingress',
      by: [{ name: 'np', namespace: 'shop' }],
      unless: 'the label team of namespace other',
    });
  });

  it('is not sure where labels of the pod decide and nobody knows them', () => {
    expect(stopped({ ...TO_APP }, SLEEP, { ...APP, pod: null })?.unless).toBe('the label app of pod app.shop');
  });

  it('another policy that lets it through is enough', () => {
    const all = [policy({ ...TO_APP }), policy({ podSelector: {}, ingress: [{}] })];
    expect(stoppedBy(all, SLEEP, APP, 15008)).toBeNull();
  });
});

describe('what goes out', () => {
  const FROM_SLEEP = { podSelector: { matchLabels: { app: 'sleep' } }, policyTypes: ['Egress'] };

  it('is stopped by policies of the caller', () => {
    expect(stopped({ ...FROM_SLEEP, egress: [{ ports: [{ port: 8080 }] }] })?.direction).toBe('egress');
  });

  it('is let through to the pod that a rule names', () => {
    expect(
      stopped({ ...FROM_SLEEP, egress: [{ to: [{ podSelector: { matchLabels: { tier: 'back' } } }] }] }),
    ).toBeNull();
  });
});

test('what is not a policy has no name, whatever its fields are', () => {
  fc.assert(
    fc.property(fc.anything(), (value) => {
      const read = readNetworkPolicy(value);
      expect(read?.id.name).not.toBe('');
    }),
  );
  fc.assert(
    fc.property(fc.anything(), (spec) => {
      const read = readNetworkPolicy({ metadata: { name: 'np' }, spec });
      expect(read?.id).toEqual({ name: 'np', namespace: 'default' });
      expect(() => stoppedBy(read === null ? [] : [read], SLEEP, APP, 15008)).not.toThrow();
    }),
  );
});

/** A second reading: sets of peers and ports that are let in, where everything is known. */
test('agrees with sets of those that are let in', () => {
  const pods = [SLEEP, APP, FAR, peer('shop', 'web', '10.0.2.3', { app: 'web' })];
  const ports = [80, 8080, 15008];
  const rules = fc.array(
    fc.record({ who: fc.subarray(pods.map(({ id }) => id?.name ?? '')), ports: fc.subarray(ports) }),
    { maxLength: 3 },
  );
  fc.assert(
    fc.property(
      fc.array(rules, { maxLength: 3 }),
      fc.constantFrom(...pods),
      fc.constantFrom(...ports),
      (all, from, port) => {
        const policies = all.map((own) =>
          policy({
            ...TO_APP,
            ingress: own.map((rule) => ({
              ...(rule.who.length === 0
                ? {}
                : {
                    from: rule.who.map((name) => ({
                      ipBlock: { cidr: `${pods.find(({ id }) => id?.name === name)?.ip ?? ''}/32` },
                    })),
                  }),
              ...(rule.ports.length === 0 ? {} : { ports: rule.ports.map((one) => ({ port: one })) }),
            })),
          }),
        );
        const isIn =
          all.length === 0 ||
          all
            .flat()
            .some(
              ({ who, ports: own }) =>
                (who.length === 0 || who.includes(from.id?.name ?? '')) && (own.length === 0 || own.includes(port)),
            );
        expect(stoppedBy(policies, from, APP, port) === null).toBe(isIn);
      },
    ),
  );
});

describe('where something is not known', () => {
  const bare = (one: NetworkPeer): NetworkPeer => ({ ...one, pod: null });
  const LETS_ALL = { podSelector: { matchLabels: { tier: 'back' } }, ingress: [{}] };

  it('a policy that may not select it does not let it through', () => {
    const all = [policy({ podSelector: {} }), policy(LETS_ALL)];
    expect(stoppedBy(all, SLEEP, bare(APP), 15008)?.unless).toBe('the label tier of pod app.shop');
  });

  it('one that lets it through if it selects it stops nothing', () => {
    expect(stopped(LETS_ALL, SLEEP, bare(APP))).toBeNull();
  });

  it('a port by the name of a container may be the one of a pod that is not known', () => {
    const spec = { podSelector: {}, ingress: [{ ports: [{ port: 'hbone' }] }] };
    expect(stopped(spec, SLEEP, bare(APP))?.unless).toBe('whether a port of pod app.shop is named hbone');
  });

  it('what surely stops it is told before what may', () => {
    const all = [policy(TO_APP), policy({ podSelector: {}, policyTypes: ['Egress'] })];
    expect(stoppedBy(all, SLEEP, bare(APP), 15008)).toMatchObject({ direction: 'egress', unless: null });
  });

  it('of a policy without types an empty list of what goes out speaks of nothing', () => {
    expect(stopped({ podSelector: { matchLabels: { app: 'sleep' } }, egress: [] })).toBeNull();
  });

  test('the answer is the same, or what decides is named', () => {
    const labels = fc.constantFrom({}, { app: 'sleep' }, { app: 'app' }, { tier: 'back' });
    const selector = fc.record({
      matchLabels: labels,
      matchExpressions: fc.array(
        fc.record({
          key: fc.constantFrom('app', 'tier'),
          operator: fc.constantFrom('In', 'NotIn', 'Exists', 'DoesNotExist'),
          values: fc.constantFrom(['app'], ['sleep', 'back']),
        }),
        { maxLength: 1 },
      ),
    });
    const peers = fc.array(fc.record({ podSelector: selector }), { maxLength: 2 });
    const ports = fc.constantFrom<object[]>(
      [],
      [{ port: 8080 }],
      [{ port: 'http' }],
      [{ port: 15000, endPort: 15010 }],
    );
    const all = fc.array(
      fc.record({
        podSelector: selector,
        policyTypes: fc.constantFrom(['Ingress'], ['Egress'], ['Ingress', 'Egress']),
        ingress: fc.array(fc.record({ from: peers, ports }), { maxLength: 2 }),
        egress: fc.array(fc.record({ to: peers, ports }), { maxLength: 2 }),
      }),
      { maxLength: 3 },
    );
    fc.assert(
      fc.property(all, fc.boolean(), fc.boolean(), fc.constantFrom(8080, 15008), (specs, first, second, port) => {
        const policies = specs.map((spec) => policy(spec));
        const full = stoppedBy(policies, SLEEP, APP, port);
        const less = stoppedBy(policies, first ? bare(SLEEP) : SLEEP, second ? bare(APP) : APP, port);
        if (less === null) expect(full).toBeNull();
        else if (less.unless === null) expect(full).not.toBeNull();
      }),
      { numRuns: Number(process.env['NETWORK_POLICY_RUNS'] ?? 300) },
    );
  });
});
