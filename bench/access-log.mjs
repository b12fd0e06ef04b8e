// An access log in Istio's default format that the sample's productpage could have written: as many paths as a busy day has.
import { closeSync, openSync, writeSync } from 'node:fs';

/** Where the sample sends requests for each service, and by which route. */
const SERVICES = [
  { host: 'reviews', cluster: 'outbound|9080|v3|reviews.bookinfo.svc.cluster.local', pod: '10.244.0.14', route: '-' },
  {
    host: 'ratings',
    cluster: 'outbound|9080||ratings.bookinfo.svc.cluster.local',
    pod: '10.244.0.15',
    route: 'default',
  },
  {
    host: 'details',
    cluster: 'outbound|9080||details.bookinfo.svc.cluster.local',
    pod: '10.244.0.11',
    route: 'default',
  },
];
const AGENTS = ['curl/8.16.0', 'Mozilla/5.0 (X11; Linux x86_64)', 'okhttp/4.12.0', 'python-requests/2.31.0'];

/** Writes so many lines; the same every time. */
export function writeAccessLog(file, lines) {
  let state = 1;
  const below = (limit) => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return (state >>> 8) % limit;
  };
  const fd = openSync(file, 'w');
  for (let index = 0; index < lines; index += 1) {
    const { host, cluster, pod, route } = SERVICES[below(SERVICES.length)];
    const path = [`/${host}/${below(20_000)}`, `/${host}/${below(5_000)}?page=${below(10)}`, '/health'][below(3)];
    const time = new Date(Date.UTC(2026, 7, 1, 10) + index * 36).toISOString();
    const id = `${index.toString(16).padStart(8, '0')}-0000-4000-8000-000000000000`;
    const ports = [below(40_000), below(40_000)].map((port) => port + 20_000);
    writeSync(
      fd,
      `[${time}] "GET ${path} HTTP/1.1" 200 - via_upstream - "-" 0 ${below(9999)} ${below(300)} ${below(300)} "-" ` +
        `"${AGENTS[below(AGENTS.length)]}" "${id}" "${host}:9080" "${pod}:9080" ${cluster} 10.244.0.10:${ports[0]} ` +
        `10.96.10.3:9080 10.244.0.10:${ports[1]} - ${route}\n`,
    );
  }
  closeSync(fd);
}
