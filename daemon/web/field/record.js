// An entry as a record: its identity, its JSON for the server, and its line for semsctl send --json.
import { timeOf } from "./clock.js";

/** @typedef {import("./types").Entry} Entry */
/** @typedef {import("./types").Field} Field */
/** @typedef {import("./types").Form} Form */
/** @typedef {import("./types").Item} Item */
/** @typedef {import("./types").Value} Value */

/** What every record has, whatever its kind. */
const ENVELOPE = new Set(["site_id", "location_id", "shift_id", "recorded_by"]);

/** A UUID of version 7: its time and 74 random bits. @param {number} at @returns {string} */
export const makeId = (at) => {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  for (let i = 0; i < 6; i++)
    bytes[i] = Math.floor(at / 2 ** (8 * (5 - i))) % 256;
  bytes[6] = (bytes[6] & 15) | 0x70;
  bytes[8] = (bytes[8] & 63) | 0x80;
  const hex = Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
};

/** @param {string} uuid */
const base64Id = (uuid) => btoa((uuid.replace(/-/g, "").match(/../g) ?? []).map((h) => String.fromCharCode(parseInt(h, 16))).join(""));

/**
 * Gives an entry the identity that it is sent with. One that it has it keeps, unless when it occurred was changed.
 * @param {Entry} entry
 */
export const identify = (entry) => {
  const at = entry.at ?? timeOf(entry.begun);
  if (entry.recordId !== "" && entry.occurredAt === at)
    return;
  entry.recordId = makeId(at);
  entry.occurredAt = at;
};

/** @param {Value | undefined} value */
export const isGiven = (value) => value !== undefined && value !== "" && !(Array.isArray(value) && value.length === 0);

/** @param {Field} field @param {Value} value @param {boolean} forServer @returns {unknown} */
const valueOf = (field, value, forServer) => {
  if (field.type === "LIST")
    return /** @type {Item[]} */ (value).map((item) => itemOf(field.item ?? [], item, forServer));
  if (field.type === "ENUM" && forServer)
    return `${field.prefix ?? ""}${value}`;
  if (field.type === "TIME" && !forServer)
    return new Date(Number(value)).toISOString();
  return value;
};

/** @param {Field[]} fields @param {Item} values @param {boolean} forServer */
const itemOf = (fields, values, forServer) => {
  /** @type {Record<string, unknown>} */
  const out = {};
  for (const field of fields)
    if (isGiven(values[field.name]))
      out[field.name] = valueOf(field, values[field.name], forServer);
  return out;
};

/** The device's clock minus the server's, in whole milliseconds. @param {Entry} entry */
const clockOf = (entry) => (entry.begun.offset === null ? {} : { clock_offset_ms: -Math.round(entry.begun.offset) });

/** @param {Entry} entry */
const momentOf = (entry) => ({
  utc_offset_min: -new Date(entry.begun.wall).getTimezoneOffset(),
  device_local_time: new Date(entry.begun.wall).toISOString(),
  ...clockOf(entry),
});

/** @param {Entry} entry @param {Form} form */
const formOf = (entry, form) => (form.templated
  ? { template_id: `field-${form.kind}`, template_version: entry.version } : {});

/** @param {Form} form @param {boolean} isEnvelope */
const fieldsOf = (form, isEnvelope) => form.fields.filter((f) => ENVELOPE.has(f.name) === isEnvelope);

/** As POST /v1/batch takes it. @param {Entry} entry @param {Form} form @returns {Record<string, unknown>} */
export const recordOf = (entry, form) => ({
  record_id: base64Id(entry.recordId), source: entry.source, source_record_id: entry.recordId, occurred_at: entry.occurredAt, ...momentOf(entry),
  ...itemOf(fieldsOf(form, true), entry.values, true),
  [form.kind]: { ...formOf(entry, form), ...itemOf(fieldsOf(form, false), entry.values, true) },
});

/** As `semsctl send --json` takes it. @param {Entry} entry @param {Form} form @returns {Record<string, unknown>} */
export const lineOf = (entry, form) => ({
  record_id: entry.recordId, source: entry.source, source_record_id: entry.recordId, occurred_at: new Date(entry.occurredAt).toISOString(),
  ...momentOf(entry), ...formOf(entry, form), ...itemOf(form.fields, entry.values, false),
});
