/* What the modules of the field app hand each other; checked by the tests, served to nobody. */

export interface Field {
  name: string;
  type: "TEXT" | "PERSON" | "ENUM" | "INT" | "REAL" | "BOOL" | "TIME" | "LIST";
  required: boolean;
  main: boolean;
  code?: boolean;
  restricted?: boolean;
  help: string;
  min?: number;
  max?: number;
  prefix?: string;
  options?: string[];
  item?: Field[];
}

export interface Form {
  kind: string;
  title: string;
  help: string;
  version: string;
  templated: boolean;
  fields: Field[];
}

export interface Grant { source: string; kind: string; site: string }

export interface Forms { principal: string; grants: Grant[]; forms: Form[] }

export type Item = { [name: string]: Value };
export type Value = string | number | boolean | Item[];

/* DRAFT: being written. QUEUED: to be sent. STORED: the database has it. NEEDS: somebody has to look. */
export type State = "DRAFT" | "QUEUED" | "STORED" | "NEEDS";

export interface Verdict { code: string; reason: string; field: string; text: string; at: number }

export interface Moment {
  wall: number;            // the device's clock, Unix milliseconds
  elapsed: number;         // of this page, milliseconds
  offset: number | null;   // the server's time minus the device's, as far as it is known
}

export interface Entry {
  key: string;             // on this device
  state: State;
  kind: string;
  version: string;         // of its form
  source: string;
  values: Item;            // empty, once the database has it
  begun: Moment;
  at: number | null;       // when it occurred, Unix milliseconds; null: when it was begun
  recordId: string;        // a UUID; "": not made yet
  occurredAt: number;      // what the record says; of use with recordId
  record: string;          // QUEUED: its JSON for the server, the same at each attempt; "": not queued, or stored
  line: string;            // QUEUED: its line of a saved file
  attempts: number;        // how often it was sent
  notBefore: number;       // not to be sent sooner, by the device's clock; what is more than an hour away does not count
  verdict: Verdict | null;
  changedAt: number;
}

export interface Device { principal: string; keyId: string; key: CryptoKey }

export interface Contact extends Moment { at: number }

export interface Run {
  code?: string | number;
  count?: number;
  reason?: string | number;
  field?: string;
  text?: string;
  retryAfterMs?: number;
}
