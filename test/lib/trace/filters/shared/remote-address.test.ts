import fc from 'fast-check';
import { forwardedClient, remoteAddress } from '../../../../../src/lib/trace/filters/shared/remote-address';
import { withForwarded } from '../../../../../src/lib/http/forwarded-for';
import type { HttpMessage } from '../../../../../src/lib/http/message';

const PEER = '10.9.9.9';

function messageWith(entries: readonly string[]): HttpMessage {
  const headers = entries.length === 0 ? [] : ([['x-forwarded-for', entries.join(', ')]] as const);
  return { method: 'GET', protocol: 'HTTP/1.1', path: '/', authority: 'a', scheme: 'http', headers } as never;
}

const address = fc.ipV4();

test('the entry that is named is the client, wherever X-Forwarded-For says who that is', () => {
  fc.assert(
    fc.property(
      fc.array(address, { maxLength: 5 }),
      fc.nat(4),
      fc.boolean(),
      fc.boolean(),
      (entries, hops, isEdge, skips) => {
        const manager = { use_remote_address: isEdge, xff_num_trusted_hops: hops, skip_xff_append: skips };
        const sent = messageWith(entries);
        const message = isEdge && !skips ? withForwarded(sent, PEER) : sent;
        const client = forwardedClient(manager, message);
        const taken = remoteAddress(manager, message, PEER);
        if (client === null) expect(taken).toBe(PEER);
        else expect([taken, entries.at(-client.fromRight)]).toEqual([client.address, client.address]);
      },
    ),
  );
});
