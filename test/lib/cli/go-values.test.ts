import { UsageError } from '../../../src/lib/errors';
import { parseGoBoolean, parseGoDuration, parseGoInteger } from '../../../src/lib/cli/go-values';

describe('parseGoBoolean', () => {
  it.each(['1', 't', 'T', 'true', 'TRUE', 'True'])('reads %s as true', (text) => {
    expect(parseGoBoolean(text, 'verbose')).toBe(true);
  });
  it.each(['0', 'f', 'F', 'false', 'FALSE', 'False'])('reads %s as false', (text) => {
    expect(parseGoBoolean(text, 'verbose')).toBe(false);
  });
  it.each(['', 'yes', 'tRUE', ' true'])('refuses %j', (text) => {
    expect(() => parseGoBoolean(text, 'verbose')).toThrow(UsageError);
  });
});

describe('parseGoInteger', () => {
  it.each([
    ['0', 0],
    ['15001', 15001],
    ['-1', -1],
    ['+80', 80],
    ['0x50', 80],
    ['0X1f', 31],
    ['0b101', 5],
    ['0o17', 15],
    ['017', 15],
    ['1_000', 1000],
  ])('reads %s as %d', (text, value) => {
    expect(parseGoInteger(text, 'port')).toBe(value);
  });
  it.each(['', 'abc', '1.5', '0x', '08', '9'.repeat(30), '1e3', '--1'])('refuses %j in istioctl’s words', (text) => {
    expect(() => parseGoInteger(text, 'port')).toThrow(
      `invalid argument "${text}" for "--port" flag: strconv.ParseInt: parsing "${text}": invalid syntax`,
    );
  });
});

describe('parseGoDuration', () => {
  it.each([
    ['15s', 15_000],
    ['500ms', 500],
    ['1m30s', 90_000],
    ['1.5h', 5_400_000],
    ['2000us', 2],
    ['30', 30_000],
    ['0', 0],
  ])('reads %s as %d ms', (text, milliseconds) => {
    expect(parseGoDuration(text, 'timeout')).toBeCloseTo(milliseconds);
  });
  it.each(['', 's', '-1s', 'abc', '15 s', '1x', '1'.repeat(200)])('refuses %j', (text) => {
    expect(() => parseGoDuration(text, 'timeout')).toThrow(UsageError);
  });
});
