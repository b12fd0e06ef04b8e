/** Reads logs and archives line by line, and holds each line against the proxy that wrote it. */
import { formatOf } from '../../access-log/format';
import { recordLines } from '../../access-log/otel-records';
import { Replay } from '../../access-log/replay';
import type { ReplayResult } from '../../access-log/replay-result';
import { harEntries } from '../../access-log/har';
import { UsageError } from '../../errors';
import { fileBody, jsonOf } from '../../source/body';
import type { MeshSource } from '../../source/source';
import type { Streams } from '../streams';
import { type LogPlace, writtenLine } from './line-writer';
import { Prophets, type LogWriter } from './prophets';
import { linesOf } from './read-lines';

export interface ReplayWishes {
  readonly files: readonly string[];
  /** Who wrote lines that do not say it. */
  readonly proxy: string | undefined;
  readonly format: string | undefined;
  /** Only lines that hold this text. */
  readonly grep: string | undefined;
  /** Only lines whose time is at or after this one, as ISO 8601 has it. */
  readonly since: string | undefined;
  /** Only so many lines, spread evenly as they come: every n-th. */
  readonly sample: number | undefined;
}

/** Throws UsageError for wishes that cannot be met, InputError for files that cannot be read as logs. */
export async function runReplay(mesh: MeshSource, wishes: ReplayWishes, streams: Streams): Promise<ReplayResult> {
  const replay = new Replay();
  const prophets = new Prophets(mesh);
  const formats = wishes.format === undefined ? [] : [formatOf(wishes.format, 'the format given')];
  const wants = chosen(wishes);
  for (const file of wishes.files) {
    if (/\.har(?:\.gz)?$/i.test(file)) {
      await takeArchive(file, { writer: await prophets.writer(wishes.proxy), wants }, replay);
      continue;
    }
    let count = 0;
    for await (const whole of linesOf(file, streams)) {
      for (const line of recordLines(whole)) {
        if (!wants(line)) continue;
        await takeLine(line, { mesh, prophets, formats, proxy: wishes.proxy }, replay);
        count += 1;
        if (count % 1000 === 0) streams.spin(`Read ${count} lines of ${file}`);
      }
    }
  }
  streams.quiet();
  return replay.result;
}

function chosen({ grep, since, sample }: ReplayWishes): (line: string) => boolean {
  let seen = 0;
  const from = since === undefined ? undefined : timeOf(since);
  return (line) => {
    if (grep !== undefined && !line.includes(grep)) return false;
    if (from !== undefined) {
      const time = /\d{4}-\d{2}-\d{2}T[\d:.]+Z/.exec(line)?.[0];
      if (time !== undefined && Date.parse(time) < from) return false;
    }
    seen += 1;
    return sample === undefined || seen % sample === 1 || sample === 1;
  };
}

/** Milliseconds: as texts a time with a fraction of a second stands before the same second without one. */
function timeOf(since: string): number {
  const time = Date.parse(since);
  if (Number.isNaN(time)) {
    throw new UsageError(
      `invalid argument ${JSON.stringify(since)} for --since: it is a time like 2026-08-01T12:00:00Z`,
    );
  }
  return time;
}

async function takeLine(line: string, place: LogPlace, replay: Replay): Promise<void> {
  const { text, writer } = await writtenLine(line, place);
  if (writer === null) replay.takeOther(line);
  else await replay.take(text, writer.proxy, writer.prophet, [...place.formats, ...writer.formats]);
}

interface ArchivePlace {
  readonly writer: LogWriter;
  readonly wants: (line: string) => boolean;
}

/** Of an entry its time, method and URL are what the wishes ask about. */
async function takeArchive(file: string, { writer, wants }: ArchivePlace, replay: Replay): Promise<void> {
  for (const entry of harEntries(file, await jsonOf(fileBody(file)))) {
    const text = entry.kind === 'request' ? entry.request.text : entry.text;
    if (wants(`${entry.at ?? ''} ${text}`)) await replay.takeEntry(entry, writer.proxy, writer.prophet);
  }
}
