/** Log levels as text. */
import fc from 'fast-check';
import {
  changeBack,
  changeRequests,
  checkLoggers,
  configuredLevels,
  type LevelChange,
  type LoggerLevels,
  type LogLevel,
  parseLevelChange,
  parseLoggers,
} from '../../../src/lib/envoy/logging';

const of = (change: LevelChange): object => ({ all: change.all, ...Object.fromEntries(change.loggers) });

test('Envoy’s answer', () => {
  expect(parseLoggers('active loggers:\n  admin: warning\n  http2: off\n')).toEqual(
    new Map([
      ['admin', 'warning'],
      ['http2', 'off'],
    ]),
  );
  expect(parseLoggers('')).toEqual(new Map());
});

test.each<[text: string, wanted: object]>([
  ['debug', { all: 'debug' }],
  ['warn', { all: 'warning' }],
  ['http:debug,rbac=trace', { all: null, http: 'debug', rbac: 'trace' }],
  ['http:debug,info', { all: 'info', http: 'debug' }],
  ['level:error', { all: 'error' }],
  ['ns::http:debug', { all: null, http: 'debug' }],
  ['debug,info', { all: 'info' }],
])('%s', (text, wanted) => {
  expect(of(parseLevelChange(text))).toEqual(wanted);
});

test.each(['none', 'DEBUG', 'http:', 'http', 'http:debug,', 'debug ,x'])('%s is no level', (text) => {
  expect(() => parseLevelChange(text)).toThrow(/unrecognized logging level/);
});

test('a logger that Envoy does not have, with the nearest', () => {
  const known: LoggerLevels = new Map([['http', 'info']]);
  expect(() => {
    checkLoggers(parseLevelChange('htp:debug'), known);
  }).toThrow(expect.objectContaining({ message: 'unrecognized logger name: htp', hint: 'Did you mean http?' }));
  // istioctl takes any piece of the text that lists the loggers.
  expect(() => {
    checkLoggers(parseLevelChange('ht:debug'), known);
  }).toThrow(/unrecognized logger name/);
});

test('what Envoy was started with', () => {
  const info = { command_line_options: { log_level: 'warning', component_log_level: 'misc:error,http:debug' } };
  expect(of(configuredLevels(info))).toEqual({ all: 'warning', misc: 'error', http: 'debug' });
  expect(of(configuredLevels({}))).toEqual({ all: 'info' });
});

test('the way back leads to what was before, whatever was set', () => {
  const level = fc.constantFrom<LogLevel>('trace', 'debug', 'info', 'warning', 'error', 'critical', 'off');
  const names = ['admin', 'http', 'rbac', 'main', 'dns'];
  const levels = fc
    .tuple(level, level, level, level, level)
    .map((all): LoggerLevels => new Map(names.map((name, index) => [name, all[index]!])));
  const change = fc.record({ all: fc.option(level), loggers: fc.dictionary(fc.constantFrom(...names), level) });
  const after = (start: LoggerLevels, requests: readonly string[]): LoggerLevels => {
    const now = new Map(start);
    for (const request of requests) {
      const [name = '', to = ''] = request.replace('/logging?', '').split('=');
      for (const one of name === 'level' ? names : [name]) now.set(one, to as LogLevel);
    }
    return now;
  };
  fc.assert(
    fc.property(levels, change, (before, { all, loggers }) => {
      const now = after(before, changeRequests({ all, loggers: new Map(Object.entries(loggers)) }));
      expect(after(now, changeRequests(changeBack(before, now)))).toEqual(before);
    }),
  );
});
