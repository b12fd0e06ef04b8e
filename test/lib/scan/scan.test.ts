import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../../../src/lib/errors';
import type { RawDump, RawEntry, ScanRequest } from '../../../src/lib/scan/raw-dump';
import { scanDump } from '../../../src/lib/scan/scan';
import { PlainSkipper, type Skipper } from '../../../src/lib/scan/skipper';
import { wasmSkipper } from '../../../src/lib/scan/wasm-skipper';
import { chunksOf } from '../../helpers/pieces';

const C='/work/shared/corpora';
test('x', async () => {
  for (const d of readdirSync(C)) for (const f of readdirSync(join(C,d))) if (/(config_dump|clusters).json$/.test(f)) {
    const b = readFileSync(join(C,d,f));
    const out: string[] = [];
    for (const s of [wasmSkipper()!, new PlainSkipper()]) {
    try { const r = await scanDump(f, chunksOf(b, 1000), {sections:['ListenersConfigDump']}, s);
    out.push(r.kind + ' ' + (r.kind==='config_dump'? JSON.stringify(r.sections.map(s=>[s.type, Object.entries(s.lists).map(([k,v])=>k+v.length)])): r.clusterStatuses.length));
    } catch (e: any) { out.push(e.name + ' ' + e.message + ' ' + e.hint + (e.hint? '': e.stack)); }
    }
    if (out[0] !== out[1] || /quirk/.test(d)) console.log(d, f, out);
  }
});
