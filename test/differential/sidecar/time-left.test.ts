import { withWholeTime } from './time-left';

const HEADER = 'x-envoy-expected-rq-timeout-ms';

it.each<[name: string, seen: string, told: string, attempts: number | null, expected: string]>([
  [HEADER, '4995', '5000', 2, '5000'],
  [HEADER, '1', '5000', 3, '5000'],
  [HEADER, '0', '5000', 2, '0'],
  [HEADER, '5001', '5000', 2, '5001'],
  [HEADER, '4995', '5000', 1, '4995'],
  [HEADER, '4995', '5000', null, '4995'],
  ['grpc-timeout', '4995m', '5000m', 2, '5000m'],
  ['x-other', '4995', '5000', 2, '4995'],
])('%s: %s where %s is told, in %s tries, counts as %s', (name, seen, told, attempts, expected) => {
  expect(withWholeTime([[name, seen]], [[name, told]], attempts)).toEqual([[name, expected]]);
});
