import { traceCommand } from '../../../src/lib/explain/access-log/line-text';

test('nothing of a line becomes a flag of the command that it is made into', () => {
  const command = traceCommand('a.b', {
    url: 'http://10.0.0.1:80/$(id)',
    method: '--admin',
    headers: [['Host', "it's"]],
    sni: '--kubeconfig',
    mode: 'inbound',
  });
  expect(command).toBe(
    `mctl pc trace a.b 'http://10.0.0.1:80/$(id)' -X--admin -H 'Host: it'\\''s' --mode inbound --sni=--kubeconfig`,
  );
});
