// What waits to be sent, and what became of it. One page sends at a time; what the database says of a record is its receipt.
import { now } from "./clock.js";
import { changeEntries, entriesOf } from "./db.js";
import { askAs, knock } from "./device.js";
import { recordOf } from "./record.js";

/** @typedef {import("./types").Device} Device */
/** @typedef {import("./types").Entry} Entry */
/** @typedef {import("./types").Form} Form */
/** @typedef {import("./types").Forms} Forms */
/** @typedef {import("./types").Run} Run */
/** @typedef {import("./types").Verdict} Verdict */

export const BATCH_RECORDS = 100;
export const BATCH_BYTES = 256 * 1024;
export const RECEIPT_DAYS = 90;
const WAIT_MS = 5000;
const DAY_MS = 24 * 60 * 60 * 1000;

/** @param {Forms} forms @param {Entry} entry @returns {Form | undefined} */
export const formFor = (forms, entry) => forms.forms.find((f) => f.kind === entry.kind);

/** @param {string | number | undefined} name @param {string} prefix */
const short = (name, prefix) => String(name ?? "").replace(prefix, "");

/** @param {Run} run @returns {Verdict} */
const verdictOf = (run) => ({
  code: short(run.code, "VERDICT_CODE_"), reason: short(run.reason, "REASON_"), field: run.field ?? "", text: run.text ?? "",
  at: now(),
});

/** What is to be told of a verdict that is no receipt. @param {string} code @param {string} text */
const told = (code, text) => ({ code, reason: "", field: "", text, at: now() });

/** The oldest, as many as one batch takes. @param {Forms} forms */
const nextBatch = async (forms) => {
  /** @type {Entry[]} */
  const entries = [];
  /** @type {string[]} */
  const records = [];
  let bytes = 0;
  for (const entry of await entriesOf("QUEUED")) {
    const form = formFor(forms, entry);
    if (form === undefined || entry.notBefore > Date.now())
      continue;
    const record = JSON.stringify(recordOf(entry, form));
    bytes += new TextEncoder().encode(record).length + 1;
    if (entries.length === BATCH_RECORDS || (entries.length !== 0 && bytes > BATCH_BYTES))
      break;
    entries.push(entry);
    records.push(record);
  }
  return { entries, body: `{"records":[${records.join()}]}` };
};

/** @param {Entry} entry @param {Verdict} verdict @param {number} waitMs @returns {Entry} */
const settled = (entry, verdict, waitMs) => {
  if (verdict.code === "RETRY")
    return { ...entry, notBefore: Date.now() + Math.max(waitMs, 1000) };
  // What the database has the device forgets, but for the receipt.
  if (verdict.code === "STORED" || verdict.code === "DUPLICATE")
    return { ...entry, state: "STORED", verdict, values: {}, changedAt: Date.now() };
  return { ...entry, state: "NEEDS", verdict, changedAt: Date.now() };
};

/** @param {Entry[]} entries @param {Run[]} runs */
const settle = async (entries, runs) => {
  const verdicts = runs.flatMap((run) => Array.from({ length: run.count ?? 1 }, () => run));
  const byKey = new Map(entries.map((entry, i) => [entry.key, verdicts[i]]));
  await changeEntries([...byKey.keys()], (entry) => {
    const run = byKey.get(entry.key);
    return run && settled(entry, verdictOf(run), run.retryAfterMs ?? 0);
  });
};

/** Nothing of a batch was taken, because of one record. @param {Entry[]} entries @param {any} said */
const refuseOne = async (entries, said) => {
  const found = /^records\[(\d+)\]\.?(.*)/.exec(said.field ?? "");
  const entry = found === null ? undefined : entries[Number(found[1])];
  if (found === null || entry === undefined)
    return false;
  const verdict = { ...told("REFUSED", String(said.text ?? "")), field: found[2] };
  await changeEntries([entry.key], (e) => ({ ...e, state: "NEEDS", verdict, changedAt: Date.now() }));
  return true;
};

/**
 * What keeps entries from being sent, in words; "": nothing does.
 * @param {Device} device @param {Forms} forms
 * @returns {Promise<string>}
 */
const sendAll = async (device, forms) => {
  // What was sent and not answered may be stored, and cannot be changed any more: so nothing is sent into the blue.
  if ((await nextBatch(forms)).entries.length !== 0)
    await knock();
  for (;;) {
    const { entries, body } = await nextBatch(forms);
    if (entries.length === 0)
      return "";
    const keys = entries.map((e) => e.key);
    await changeEntries(keys, (e) => ({ ...e, attempts: e.attempts + 1 }));
    const { status, said, retryAfterMs } = await askAs(device, "POST", "/v1/batch", body);
    if (Array.isArray(said.verdicts)) {
      await settle(entries, said.verdicts);
    } else if (status !== 400 || !await refuseOne(entries, said)) {
      await changeEntries(keys, (e) => ({ ...e, notBefore: Date.now() + Math.max(retryAfterMs, WAIT_MS) }));
      return String(said.text ?? `The server answered ${status}.`);
    }
  }
};

/** Receipts go after their time. */
const forget = async () => {
  const old = (await entriesOf("STORED")).filter((e) => Date.now() - e.changedAt > RECEIPT_DAYS * DAY_MS);
  await changeEntries(old.map((e) => e.key), () => null);
};

/**
 * Sends what waits, unless another page does.
 * @param {Device} device @param {Forms} forms
 * @returns {Promise<string>} what is in the way, in words; "": nothing
 */
export const send = async (device, forms) => navigator.locks.request("sems-send", { ifAvailable: true }, async (lock) => {
  if (lock === null)
    return "";
  try {
    await forget();
    return await sendAll(device, forms);
  } catch (error) {
    return error instanceof TypeError || (error instanceof DOMException && error.name === "TimeoutError")
      ? "The server cannot be reached; what waits is kept." : String(/** @type {Error} */ (error).message);
  }
});
