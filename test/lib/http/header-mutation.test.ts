import { describeMutation } from '../../../src/lib/http/header-mutation';

test('a change of a secret header is told without its value', () => {
  expect(describeMutation({ append: { header: { key: 'x-api-key', value: 'hush12345' } } })).toBe(
    'APPEND_IF_EXISTS_OR_ADD x-api-key: [redacted]',
  );
  expect(describeMutation({ append: { header: { key: 'x-note', value: 'seen' } } })).toBe(
    'APPEND_IF_EXISTS_OR_ADD x-note: seen',
  );
});
