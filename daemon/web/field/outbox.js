// What waits to be sent, and what became of it. One page sends at a time; what the database says of a record is its receipt.
import { now } from "./clock.js";
import { changeEntries, entriesOf, messageOf } from "./db.js";
import { askAs, knock } from "./device.js";

/** @typedef {import("./types").Device} Device */
/** @typedef {import("./types").Entry} Entry */
/** @typedef {import("./types").Run} Run */
/** @typedef {import("./types").Verdict} Verdict */

export const BATCH_RECORDS = 100;
export const BATCH_BYTES = 256 * 1024;
export const RECEIPT_DAYS = 90;
const WAIT_MS = 5000;
const RETRY_MS = 1000;
const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * 60 * 60 * 1000;

/** @param {string | number | undefined} name @param {string} prefix */
const short = (name, prefix) => String(name ?? "").replace(prefix, "");

/** @param {Run} run @returns {Verdict} */
const verdictOf = (run) => ({
  code: short(run.code, "VERDICT_CODE_"), reason: short(run.reason, "REASON_"), field: run.field ?? "", text: run.text ?? "",
  at: now(),
});

/** What is to be told of a verdict that is no receipt. @param {string} code @param {string} text */
const told = (code, text) => ({ code, reason: "", field: "", text, at: now() });

/** When to ask again: in an hour at most. @param {number} waitMs @param {number} leastMs */
const after = (waitMs, leastMs) => Date.now() + Math.min(Math.max(waitMs || 0, leastMs), HOUR_MS);

/** What is to wait for more than an hour was told so by a clock that was set back since. @param {Entry} entry */
const isDue = (entry) => {
  const waitMs = entry.notBefore - Date.now();
  return !(waitMs > 0 && waitMs <= HOUR_MS);
};

/** The oldest, as many as one batch takes. @param {number} most */
const nextBatch = async (most) => {
  /** @type {Entry[]} */
  const entries = [];
  let bytes = 0;
  for (const entry of (await entriesOf("QUEUED")).filter(isDue)) {
    bytes += new TextEncoder().encode(entry.record).length + 1;
    if (entries.length === most || (entries.length !== 0 && bytes > BATCH_BYTES))
      break;
    entries.push(entry);
  }
  return entries;
};

/**
 * Changes what waits; what somebody opened or deleted meanwhile stays.
 * @param {Entry[]} entries @param {(entry: Entry) => Entry | undefined} change
 */
const changeQueued = (entries, change) => changeEntries(entries.map((e) => e.key),
  (now) => (now.state === "QUEUED" ? change(now) : undefined));

/** Marks as sent what nobody changed since it was picked, and nobody can from here on. @param {Entry[]} picked @returns {Promise<Entry[]>} */
const mark = async (picked) => {
  const changedAt = new Map(picked.map((e) => [e.key, e.changedAt]));
  /** @type {Entry[]} */
  const marked = [];
  await changeQueued(picked, (now) => {
    if (now.changedAt !== changedAt.get(now.key))
      return undefined;
    marked.push(now);
    return { ...now, attempts: now.attempts + 1 };
  });
  return marked;
};

/** @param {Entry} entry @param {Verdict} verdict @param {number} waitMs @returns {Entry} */
const settled = (entry, verdict, waitMs) => {
  if (verdict.code === "RETRY")
    return { ...entry, notBefore: after(waitMs, RETRY_MS) };
  // What the database has the device forgets, but for the receipt.
  if (verdict.code === "STORED" || verdict.code === "DUPLICATE")
    return { ...entry, state: "STORED", verdict, values: {}, record: "", line: "", changedAt: Date.now() };
  return { ...entry, state: "NEEDS", verdict, changedAt: Date.now() };
};

/** @param {Entry[]} entries @param {Run[]} runs */
const settle = async (entries, runs) => {
  const verdicts = runs.flatMap((run) => Array.from({ length: run.count ?? 1 }, () => run));
  const byKey = new Map(entries.map((entry, i) => [entry.key, verdicts[i]]));
  await changeQueued(entries, (entry) => {
    const run = byKey.get(entry.key);
    return run ? settled(entry, verdictOf(run), run.retryAfterMs ?? 0) : { ...entry, notBefore: after(0, WAIT_MS) };
  });
};

/**
 * Nothing of a batch was taken, because of one record: the one that is told, or the only one.
 * @param {Entry[]} entries @param {any} said @param {string} text
 * @returns {Promise<boolean>} false: it may be any of them
 */
const refuseOne = async (entries, said, text) => {
  const found = /^records\[(\d+)\]\.?(.*)/.exec(said.field ?? "");
  const entry = entries[entries.length === 1 ? 0 : Number(found?.[1] ?? -1)];
  if (entry === undefined)
    return false;
  const verdict = { ...told("REFUSED", text), field: found?.[2] ?? "" };
  await changeQueued([entry], (e) => ({ ...e, state: "NEEDS", verdict, changedAt: Date.now() }));
  return true;
};

/**
 * Whether it is what was sent that is refused. A 400 without a text is of something between here and the server.
 * @param {number} status @param {any} said
 */
const isOfRecords = (status, said) => status === 413 || (status === 400 && typeof said.text === "string");

/**
 * What keeps entries from being sent, in words; "": nothing does.
 * @param {Device} device
 * @returns {Promise<string>}
 */
const sendAll = async (device) => {
  let most = BATCH_RECORDS;
  // What was sent and not answered may be stored, and cannot be changed any more: so nothing is sent into the blue.
  if ((await nextBatch(most)).length !== 0)
    await knock();
  for (;;) {
    const picked = await nextBatch(most);
    if (picked.length === 0)
      return "";
    const entries = await mark(picked);
    if (entries.length === 0)
      continue;
    const body = `{"records":[${entries.map((e) => e.record).join()}]}`;
    const { status, said, retryAfterMs } = await askAs(device, "POST", "/v1/batch", body);
    const text = String(said.text ?? `The server answered ${status}.`);
    if (Array.isArray(said.verdicts)) {
      await settle(entries, said.verdicts);
    } else if (!isOfRecords(status, said)) {
      await changeQueued(entries, (e) => ({ ...e, notBefore: after(retryAfterMs, WAIT_MS) }));
      return text;
    } else {
      // Which of them it is, is found out by halves.
      most = await refuseOne(entries, said, text) ? BATCH_RECORDS : Math.floor(entries.length / 2);
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
 * @param {Device} device
 * @returns {Promise<string>} what is in the way, in words; "": nothing
 */
export const send = async (device) => navigator.locks.request("sems-send", { ifAvailable: true }, async (lock) => {
  if (lock === null)
    return "";
  try {
    await forget();
    return await sendAll(device);
  } catch (error) {
    return error instanceof TypeError || (error instanceof DOMException && error.name === "TimeoutError")
      ? "The server cannot be reached; what waits is kept." : messageOf(error);
  }
});
