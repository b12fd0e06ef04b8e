/** Reads a ztunnel's /config_dump in one pass: every entry is checked, and what nobody takes is let go of. */
import { InputError } from '../errors';
import { Cursor } from '../scan/cursor';
import type { SeekableFile } from '../seekable-file';
import type { EntryList } from '../scan/entry-list';
import { EntryFitter } from '../scan/entry-fitter';
import type { EntryRun, WholeElement } from '../scan/entry-run';
import { EntryStore } from '../scan/entry-store';
import type { FieldMask } from '../scan/field-mask';
import type { FieldPlaces, FieldTaker } from '../scan/field-places';
import type { MessageShape } from '../scan/json-shape';
import { readKeyedSections, type SectionTaker } from '../scan/keyed-sections';
import { tokenOf } from '../scan/json-pointer';
import type { RawEntry } from '../scan/raw-dump';
import { type DocumentKind, objectOf } from '../scan/rejection';
import { readDocument } from '../scan/scan';
import type { SectionFit } from '../scan/section-fit';
import { PlainSkipper } from '../scan/skipper';
import { wasmSkipper } from '../scan/wasm-skipper';
import {
  CERTIFICATE_CHAIN,
  type CertificateChain,
  POLICY,
  type ZtunnelPolicy,
  SERVICE,
  type ZtunnelService,
  type Settings,
  SETTINGS,
  VERSION,
  type ZtunnelVersion,
  WORKLOAD,
  WORKLOAD_STATE,
  type ZtunnelWorkload,
  type WorkloadState,
} from './resources';
import { type Fault, faultOf } from './shape';
import { ownField } from '../own-field';

/** Sections of entries, with what they hold. */
export interface SectionEntries {
  readonly workloads: ZtunnelWorkload;
  readonly services: ZtunnelService;
  readonly policies: ZtunnelPolicy;
  readonly certificates: CertificateChain;
  readonly workloadState: WorkloadState;
}

export type ZtunnelSectionName = keyof SectionEntries;

/** How a section stands in the dump: old ztunnels wrote maps for lists. */
export type SectionForm = 'absent' | 'null' | 'list' | 'map';

/** An entry that is kept: its text in memory, or, in a large file, the place where it stands. */
export interface KeptEntry<Entry> {
  /** Reads it, anew each time. Throws InputError or UnavailableError where the file is no longer what it was. */
  read(): Entry | null;
}

/**
 * What is done with each entry of each section; null stands for an entry that is null.
 * @param token its index, or its name in a map, by which a pointer names it
 * @param keep keeps the entry that is being taken, which is let go of otherwise
 */
export type Taker<Entry> = (entry: Entry | null, token: () => number | string, keep: () => KeptEntry<Entry>) => void;

export type Takers = { readonly [Name in ZtunnelSectionName]?: Taker<SectionEntries[Name]> };

/**
 * The fields that takers read of entries, where that is not all of them: hints, which save time and memory. An entry may have
 * others, too.
 */
export type TakenFields = Partial<Record<ZtunnelSectionName, FieldMask | undefined>>;

/** Those that take entries by the places of their fields where that can be; where it cannot, the sections' takers get them. */
export type PlaceTakers = Partial<Record<ZtunnelSectionName, FieldTaker>>;

export interface DumpOutline {
  readonly forms: Readonly<Record<ZtunnelSectionName, SectionForm>>;
  readonly settings: Settings;
  readonly version: ZtunnelVersion;
}

/** What a ztunnel's dump is called, and how one is had. */
export const ZTUNNEL_DUMP: DocumentKind = {
  noun: "a ztunnel's config_dump",
  server: 'ztunnel',
  howToSave:
    'Save one with: kubectl port-forward -n istio-system POD 15000 (of the DaemonSet ztunnel), then curl -s localhost:15000/config_dump',
};

const SHAPES: Readonly<Record<ZtunnelSectionName, MessageShape>> = {
  workloads: WORKLOAD,
  services: SERVICE,
  policies: POLICY,
  certificates: CERTIFICATE_CHAIN,
  workloadState: WORKLOAD_STATE,
};

/** Sections that ztunnel writes and nobody reads here; they tell a ztunnel's dump from another document. */
const OTHERS = ['config', 'version', 'stagedservices', 'staticconfig'];

/**
 * Reads a dump of a ztunnel (UTF-8, not compressed), whose sections are lists, or maps as old ztunnels wrote them.
 * Throws InputError where it is not JSON, breaks off, is another document, or a value is not of the type that it must be
 * of, with its JSON pointer.
 */
export async function readZtunnelDump(
  label: string,
  input: SeekableFile | AsyncIterable<Uint8Array>,
  takers: Takers,
  fields: TakenFields = {},
  places: PlaceTakers = {},
): Promise<DumpOutline> {
  const forms: Record<ZtunnelSectionName, SectionForm> = {
    workloads: 'absent',
    services: 'absent',
    policies: 'absent',
    certificates: 'absent',
    workloadState: 'absent',
  };
  let settings: Settings = {};
  let version: ZtunnelVersion = {};
  const singles: Readonly<Record<string, (name: string) => SectionTaker>> = {
    config: (name) =>
      valueTaker(label, name, SETTINGS, (value) => {
        settings = value;
      }),
    version: (name) =>
      valueTaker(label, name, VERSION, (value) => {
        version = value;
      }),
  };
  const skipper = wasmSkipper() ?? new PlainSkipper();
  const fits = fitsOf(EntryFitter.beside(skipper), takers, fields, places);
  const store = new EntryStore(label, 'read' in input ? input : null);
  const names = await readDocument(label, input, {
    skipper,
    kind: ZTUNNEL_DUMP,
    reading: () =>
      readKeyedSections(new Cursor(skipper), (name) => {
        const section = SECTIONS.get(name.toLowerCase());
        if (section === undefined) return ownField(singles, name.toLowerCase())?.(name) ?? null;
        const take = takers[section] as Taker<unknown> | undefined;
        const fit = fits(section);
        return new Section(label, { name, section, forms, store, take, fit, places: places[section] });
      }),
  });
  if (!names.some((name) => isOfZtunnel(name))) throw foreign(label, names);
  return { forms, settings, version };
}

/** What entries of each section are told to fit by; null where nothing can tell. */
function fitsOf(
  fitter: EntryFitter | null,
  takers: Takers,
  fields: TakenFields,
  places: PlaceTakers,
): (section: ZtunnelSectionName) => SectionFit | null {
  if (fitter === null) return () => null;
  const known = new Map<ZtunnelSectionName, SectionFit>();
  return (section) => {
    const made = known.get(section);
    if (made !== undefined) return made;
    const placed = places[section];
    if (placed !== undefined) {
      const { node, ids } = fitter.addPlaces(SHAPES[section], placed.fields);
      placed.begins((path) => {
        const id = ids.get(path);
        if (id === undefined) throw new Error(`${path} is none of the fields that are told of`);
        return id;
      });
      const fit: SectionFit = { fitter, node, wanted: 'places' };
      known.set(section, fit);
      return fit;
    }
    const mask = fields[section];
    const wanted = takers[section] === undefined ? 'none' : mask === undefined ? 'all' : 'fields';
    const node = fitter.add(SHAPES[section], wanted === 'fields' ? (mask ?? null) : null);
    const fit: SectionFit = { fitter, node, wanted };
    known.set(section, fit);
    return fit;
  };
}

const SECTIONS: ReadonlyMap<string, ZtunnelSectionName> = new Map(
  (Object.keys(SHAPES) as ZtunnelSectionName[]).map((name) => [name.toLowerCase(), name]),
);

/** Whether a document with a member of this name at its top is a ztunnel's dump. */
export function isOfZtunnel(name: string): boolean {
  return SECTIONS.has(name.toLowerCase()) || OTHERS.includes(name.toLowerCase());
}

class Section implements SectionTaker {
  readonly isOneValue = false;
  readonly fit: SectionFit | null;
  readonly #label: string;
  readonly #name: string;
  readonly #section: ZtunnelSectionName;
  readonly #forms: Record<ZtunnelSectionName, SectionForm>;
  readonly #take: Taker<unknown> | undefined;
  readonly #places: FieldTaker | undefined;
  readonly #store: EntryStore;
  readonly #kept: EntryList;

  constructor(
    label: string,
    more: {
      readonly name: string;
      readonly section: ZtunnelSectionName;
      readonly forms: Record<ZtunnelSectionName, SectionForm>;
      readonly store: EntryStore;
      readonly take: Taker<unknown> | undefined;
      readonly fit: SectionFit | null;
      readonly places: FieldTaker | undefined;
    },
  ) {
    this.#label = label;
    this.#name = more.name;
    this.#section = more.section;
    this.#forms = more.forms;
    this.#take = more.take;
    this.fit = more.fit;
    this.#places = more.places;
    this.#store = more.store;
    this.#kept = more.store.list(`/${more.name}`);
  }

  begins(form: 'list' | 'map' | 'value', value?: unknown): void {
    if (form === 'value' && value !== null) {
      throw misshapen(this.#label, [this.#name], {
        path: [],
        expected: 'a list or an object',
        found: JSON.stringify(value),
      });
    }
    if (form === 'list' && this.#section === 'workloadState') {
      throw misshapen(this.#label, [this.#name], { path: [], expected: 'an object', found: 'a list' });
    }
    this.#forms[this.#section] = form === 'value' ? 'null' : form;
  }

  take(run: EntryRun): void {
    const { values } = run;
    let index = 0;
    const keep = (): KeptEntry<unknown> => this.#keep(run.text(index), run.token(index));
    for (; index < values.length; index++) {
      const value = values[index];
      if (!run.isKnownToFit(index)) this.#check(value, run.token(index));
      this.#take?.(value, () => run.token(index), keep);
    }
  }

  takePlaces(places: FieldPlaces): void {
    this.#places?.take(places);
  }

  #keep(text: WholeElement, token: number | string): KeptEntry<unknown> {
    const entry = this.#store.keepWhole(this.#kept, this.#kept.length, text);
    return new Kept(entry, (value) => {
      this.#check(value, token);
    });
  }

  /** Checks an entry and makes its names exact. Throws InputError. */
  #check(value: unknown, token: number | string): void {
    const fault = faultOf(SHAPES[this.#section], value);
    if (fault !== null) throw misshapen(this.#label, [this.#name, String(token)], fault);
  }
}

class Kept implements KeptEntry<unknown> {
  readonly #entry: RawEntry;
  readonly #check: (value: unknown) => void;

  constructor(entry: RawEntry, check: (value: unknown) => void) {
    this.#entry = entry;
    this.#check = check;
  }

  read(): unknown {
    const value = this.#entry.json();
    this.#check(value);
    return value;
  }
}

function valueTaker(label: string, name: string, shape: MessageShape, save: (value: object) => void): SectionTaker {
  return {
    isOneValue: true,
    fit: null,
    begins: (_form, value) => {
      const fault = faultOf(shape, value);
      if (fault !== null) throw misshapen(label, [name], fault);
      save(value ?? {});
    },
    take: () => undefined,
  };
}

const SHOWN = 200;

function misshapen(label: string, before: readonly string[], { path, expected, found }: Fault): InputError {
  const pointer = [...before, ...path].map((token) => `/${tokenOf(token)}`).join('');
  return new InputError(
    `${label} is not a ztunnel's config_dump: ${shortened(pointer)} must be ${expected}, and is ${shortened(found)}`,
    {
      hint: 'Save it again, as ztunnel sends it.',
    },
  );
}

function shortened(text: string): string {
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
}

function foreign(label: string, names: readonly string[]): InputError {
  const isEnvoy = names.includes('configs') || names.includes('cluster_statuses');
  return new InputError(`${label} is not ${ZTUNNEL_DUMP.noun}: it is ${objectOf(names)}`, {
    hint: isEnvoy ? "It is an Envoy's: mctl proxy-config reads it." : ZTUNNEL_DUMP.howToSave,
  });
}
