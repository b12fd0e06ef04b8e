/** Network filters that let the connection go on, by message, and what they do. */
import type { StepFacts } from '../../facts/step';

type Words = readonly [outcome: StepFacts['outcome'], because: string];

const PROTOCOL = 'reads the protocol for statistics and lets the bytes pass';

export const NETWORK_FILTERS: Readonly<Record<string, Words>> = {
  'stats.PluginConfig': ['noted', "Istio's metrics of the connection"],
  'envoy.tcp.metadataexchange.config.MetadataExchange': [
    'noted',
    "exchanges the two workloads' metadata for metrics where ALPN is istio-peer-exchange",
  ],
  'io.istio.tcp.peer_metadata.Config': ['noted', "exchanges the two workloads' metadata for metrics"],
  'io.istio.network.authn.Config': ['passed', "takes the peer's identity from its certificate"],
  'envoy.extensions.filters.network.sni_cluster.v3.SniCluster': ['passed', 'takes the server name for the cluster'],
  'envoy.extensions.filters.network.sni_dynamic_forward_proxy.v3.FilterConfig': [
    'passed',
    'resolves the server name for the upstream',
  ],
  'envoy.extensions.filters.network.mongo_proxy.v3.MongoProxy': ['noted', `MongoDB: ${PROTOCOL}`],
  'envoy.extensions.filters.network.mysql_proxy.v3.MySQLProxy': ['noted', `MySQL: ${PROTOCOL}`],
  'envoy.extensions.filters.network.postgres_proxy.v3alpha.PostgresProxy': ['noted', `Postgres: ${PROTOCOL}`],
  'envoy.extensions.filters.network.zookeeper_proxy.v3.ZooKeeperProxy': ['noted', `ZooKeeper: ${PROTOCOL}`],
  'envoy.extensions.filters.network.kafka_broker.v3.KafkaBroker': ['noted', `Kafka: ${PROTOCOL}`],
  'envoy.extensions.filters.network.local_ratelimit.v3.LocalRateLimit': [
    'not-evaluated',
    'not evaluated: closes connections once its token bucket is empty',
  ],
  'envoy.extensions.filters.network.ratelimit.v3.RateLimit': [
    'not-evaluated',
    'not evaluated: closes connections where the rate limit service says so',
  ],
  'envoy.extensions.filters.network.connection_limit.v3.ConnectionLimit': [
    'not-evaluated',
    'not evaluated: closes connections beyond its limit',
  ],
  'envoy.extensions.filters.network.redis_proxy.v3.RedisProxy': ['noted', 'Redis: sends each command on by its key'],
  'envoy.extensions.filters.network.thrift_proxy.v3.ThriftProxy': ['noted', 'Thrift: routes each call by its method'],
  'envoy.extensions.filters.network.dubbo_proxy.v3.DubboProxy': ['noted', 'Dubbo: routes each call by its service'],
  'envoy.extensions.filters.network.generic_proxy.v3.GenericProxy': [
    'noted',
    "routes each message of its codec's protocol",
  ],
  'envoy.extensions.filters.network.wasm.v3.Wasm': [
    'not-evaluated',
    'not evaluated: a WebAssembly module may close the connection',
  ],
};
