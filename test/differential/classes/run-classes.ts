/** One seed: a configuration whose requests are divided, and three members of each class sent for real. */
import { Readable } from 'node:stream';
import { queryOf as checkQuery } from '../../../src/lib/check/check-request';
import { classesAt } from '../../../src/lib/reach/classes';
import { sidecarDestinations } from '../../../src/lib/reach/destinations';
import type { RequestValues } from '../../../src/lib/reach/explore';
import type { ReachWay } from '../../../src/lib/reach/query';
import { outcomesOf } from '../../../src/lib/reach/reach';
import type { Walked } from '../../../src/lib/reach/walked';
import { walkedBy } from '../../../src/lib/reach/walked-by';
import { TraceSession } from '../../../src/lib/session/trace-session';
import { openFiles } from '../../../src/lib/source/file';
import { temporaryDirectory } from '../../helpers/temporary-directory';
import { POD_IP } from '../generate/vocabulary';
import type { Report } from '../report';
import type { Call } from '../rig/call';
import { checkRequest } from '../rig/mctl';
import { withOtherSeeds } from '../rig/other-seed';
import { Refused, SidecarRig } from '../sidecar/rig';
import { type Member, membersIn, messageOf, reportOf } from './members';

/** More classes of an address than this are not sent: a configuration may have hundreds. */
const MOST_CLASSES = 40;

/** Runs a seed; one that Envoy refuses goes on as another that is made from it. */
export async function runClasses(seed: number): Promise<Report> {
  return await withOtherSeeds(seed, Refused, runOnce);
}

async function runOnce(seed: number): Promise<Report> {
  const files = temporaryDirectory();
  const { rig } = await SidecarRig.start(seed);
  try {
    const { configDump, clusters } = await rig.dump();
    const from = await walkedOf([files.write('config_dump.json', configDump), files.write('clusters.json', clusters)]);
    const members = await membersOf(from);
    return reportOf(members, await rig.observe(members.map(({ call }) => call)));
  } finally {
    await rig.stop();
    files.remove();
  }
}

/** The proxy of a dump, whose every way is walked. */
export async function walkedOf(paths: readonly string[]): Promise<Walked> {
  const session = new TraceSession(await openFiles(paths, () => Readable.from([])));
  return walkedBy(await session.open(undefined));
}

async function membersOf(from: Walked): Promise<readonly Member[]> {
  const members: Member[] = [];
  for (const destination of sidecarDestinations([from.config])) {
    // What a pod sends to its own address does not pass its Envoy as the rig has it.
    if (destination.address.ip === POD_IP) continue;
    const way: ReachWay = { destination, mode: 'outbound', oneHop: false, fixed: { sourceIp: POD_IP, claims: {} } };
    const classes = await classesAt(
      outcomesOf(from, () => true),
      way,
      [],
      MOST_CLASSES,
    );
    for (const { values, outcome } of membersIn(classes)) {
      const call = callOf(values, way);
      members.push({ call, outcome, trace: await from.trace(checkQuery(checkRequest(call))) });
    }
  }
  return members;
}

function callOf(values: RequestValues, way: ReachWay): Call {
  const { ip, port } = way.destination.address;
  return {
    mode: 'outbound',
    address: ip,
    port,
    sourceIp: POD_IP,
    payload: 'http/1.1',
    tls: null,
    http: messageOf(values, way),
  };
}
