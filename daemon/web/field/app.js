// The field app: what is seen, and what happens when it is touched.
import { lastContact, loadClock, momentNow, timeOf } from "./clock.js";
import { changeEntries, entriesOf, getEntry, getNamed, messageOf, putEntry, setNamed } from "./db.js";
import { askAs, enrol, loadDevice } from "./device.js";
import { faultIn, make, showFields, words } from "./form.js";
import { send } from "./outbox.js";
import { identify, lineOf, recordOf } from "./record.js";

/** @typedef {import("./types").Device} Device */
/** @typedef {import("./types").Entry} Entry */
/** @typedef {import("./types").Field} Field */
/** @typedef {import("./types").Form} Form */
/** @typedef {import("./types").Forms} Forms */
/** @typedef {import("./types").Item} Item */

const SEND_MS = 30000;
const AGAIN_MS = 1000;
const CODE = /^[0-9A-Za-z]{4}-[0-9A-Za-z]{4}-[0-9A-Za-z]{4}$/;
const SUGGESTED = 6;
const NO_FORM = "There is no form for this any more.";

const view = /** @type {HTMLElement} */ (document.getElementById("view"));
const note = /** @type {HTMLElement} */ (document.getElementById("note"));
const waiting = /** @type {HTMLElement} */ (document.getElementById("waiting"));
const pages = new BroadcastChannel("sems-field");

/** @type {Device | null} */
let device = null;
/** @type {Forms} */
let forms = { principal: "", grants: [], forms: [] };
/** What was typed last, by field. @type {Record<string, string[]>} */
let typedLast = {};
let isKept = false;
let inTheWay = "";
/** When what was in the way is tried again: twice as late each time. */
let again = { ms: AGAIN_MS, timer: 0 };

/** @param {string} text @param {boolean} [isBad] */
const tell = (text, isBad = false) => {
  note.textContent = text;
  note.className = isBad ? "bad" : "";
};

/** @param {unknown} error */
const blame = (error) => tell(messageOf(error), true);

/** @param {string} text @param {() => unknown} work @param {string} [kind] */
const button = (text, work, kind = "") => {
  const b = /** @type {HTMLButtonElement} */ (make("button", { type: "button", ...(kind ? { class: kind } : {}) }, [text]));
  b.addEventListener("click", async () => {
    b.disabled = true;
    try {
      await work();
    } catch (error) {
      blame(error);
    } finally {
      b.disabled = false;
    }
  });
  return b;
};

/** How often something else was shown: what took a while to put together is not shown in place of it. */
let turns = 0;

/** @param {string} title @param {(Node | string)[]} parts */
const show = (title, ...parts) => {
  turns++;
  const heading = make("h1", { tabindex: "-1" }, [title]);
  view.replaceChildren(heading, ...parts);
  heading.focus();
  scrollTo(0, 0);
};

/** @param {number} ms */
const time = (ms) => new Date(ms).toLocaleString([], { dateStyle: "medium", timeStyle: "short" });

/** @param {Entry} entry @returns {Form | undefined} */
const formFor = (entry) => forms.forms.find((f) => f.kind === entry.kind);

/** @param {Entry} entry */
const titleOf = (entry) => `${formFor(entry)?.title ?? words(entry.kind)}, ${time(entry.at ?? timeOf(entry.begun))}`;

// --- sending ---------------------------------------------------------------------------------------

const count = async () => {
  const [queued, needs] = [(await entriesOf("QUEUED")).length, (await entriesOf("NEEDS")).length];
  waiting.textContent = `Outbox: ${queued} to send${needs === 0 ? "" : `, ${needs} need you`}`;
};

const sendNow = async () => {
  if (device === null)
    return;
  inTheWay = await send(device);
  await count();
  pages.postMessage("sent");
  clearTimeout(again.timer);
  again = inTheWay === "" ? { ms: AGAIN_MS, timer: 0 } : {
    ms: Math.min(2 * again.ms, SEND_MS),
    // With some chance in it, so that all devices of a house do not come back in one instant.
    timer: setTimeout(() => { sendNow().then(refresh); }, again.ms * (1 + Math.random())),
  };
};

const fetchForms = async () => {
  if (device === null)
    return;
  try {
    const { status, said } = await askAs(device, "GET", "/v1/forms");
    if (status === 200 && Array.isArray(said.forms)) {
      forms = said;
      await setNamed("forms", forms);
    } else if (status === 401 || status === 403) {
      inTheWay = String(said.text ?? "This device is not known any more.");
      tell(inTheWay, true);
    }
  } catch {
    // Without the server the forms of last time do.
  }
};

// --- an entry --------------------------------------------------------------------------------------

/** What is held while an entry is open here, so that no other page offers it. @type {(() => void) | null} */
let letGo = null;

/** @param {string} key @returns {Promise<boolean>} false: it is open elsewhere */
const hold = (key) => new Promise((resolve) => {
  letGo?.();
  letGo = null;
  navigator.locks.request(`sems-entry-${key}`, { ifAvailable: true }, (lock) => {
    resolve(lock !== null);
    return lock === null ? undefined : new Promise((done) => { letGo = () => done(undefined); });
  });
});

/** What was typed, to be offered next time: nothing that may name people. @param {Form} form @param {Item} values */
const remember = async (form, values) => {
  /** @param {Field[]} fields @param {Item} item @param {string} path */
  const each = (fields, item, path) => {
    for (const field of fields) {
      const value = item[field.name];
      const at = `${path}${field.name}`;
      if (field.type === "TEXT" && !field.restricted && typeof value === "string" && value !== "")
        typedLast[at] = [value, ...(typedLast[at] ?? []).filter((v) => v !== value)].slice(0, SUGGESTED);
      for (const inner of Array.isArray(value) ? value : [])
        each(field.item ?? [], inner, `${at}.`);
    }
  };
  each(form.fields, values, "");
  const criteria = Array.isArray(values.criteria) ? values.criteria : [];
  typedLast[`${form.kind} criteria`] = criteria.map((c) => String(c.criterion_id ?? ""));
  await setNamed("typed", typedLast);
};

/** What one of the same kind usually has. @param {Form} form @returns {Item} */
const beginWith = (form) => {
  const sites = [...new Set(forms.grants.map((g) => g.site).filter((s) => s !== "*"))];
  const site = typedLast.site_id?.[0] ?? (sites.length === 1 ? sites[0] : "");
  const criteria = (typedLast[`${form.kind} criteria`] ?? []).filter((id) => id !== "").map((id) => ({ criterion_id: id }));
  return { site_id: site ?? "", location_id: typedLast.location_id?.[0] ?? "", ...(criteria.length ? { criteria } : {}) };
};

/** @param {string} name */
const suggest = (name) => {
  const granted = name === "site_id" ? forms.grants.map((g) => g.site).filter((s) => s !== "*") : [];
  return [...new Set([...granted, ...(typedLast[name] ?? [])])].slice(0, SUGGESTED);
};

/** The source that this device sends such for. @param {string} kind */
const sourceFor = (kind) => forms.grants.find((g) => g.kind === kind || g.kind === "*")?.source ?? "";

/** @param {Form} form */
const begin = async (form) => {
  /** @type {Entry} */
  const entry = {
    key: crypto.randomUUID(), state: "DRAFT", kind: form.kind, version: form.version, source: sourceFor(form.kind),
    values: beginWith(form), begun: momentNow(), at: null, recordId: "", occurredAt: 0,
    record: "", line: "", attempts: 0, notBefore: 0, verdict: null, changedAt: Date.now(),
  };
  await putEntry(entry);
  await openEntry(entry);
};

/** Each change is kept before the next. Whoever saves is told by a rejection that it was not kept. @param {Entry} entry */
const saver = (entry) => {
  /** @type {Promise<unknown>} */
  let last = Promise.resolve();
  return () => {
    const copy = structuredClone({ ...entry, changedAt: Date.now() });
    const kept = last.then(async () => {
      await putEntry(copy);
      document.body.dataset.saved = String(copy.changedAt);
    }).catch((error) => { throw new Error(`This could not be kept: ${messageOf(error)}`); });
    last = kept.catch(() => {});
    return kept;
  };
};

/** @param {Entry} entry @param {() => unknown} changed */
const showWhen = (entry, changed) => {
  const input = /** @type {HTMLInputElement} */ (make("input", { type: "datetime-local", id: "when" }));
  const ms = entry.at ?? timeOf(entry.begun);
  input.value = new Date(ms - new Date(ms).getTimezoneOffset() * 60000).toISOString().slice(0, 16);
  input.addEventListener("change", () => {
    entry.at = input.value === "" ? null : Date.parse(input.value);
    changed();
  });
  return make("details", {}, [make("summary", {}, [`When: ${time(ms)}`]), make("label", { for: "when" }, ["It occurred at"]), input]);
};

/** @type {Pick<Entry, "state" | "record" | "line">} */
const NOT_QUEUED = { state: "DRAFT", record: "", line: "" };

/** @param {Entry} entry @param {Form} form @param {() => Promise<void>} save */
const queue = async (entry, form, save) => {
  const fault = faultIn(form.fields, entry.values);
  if (fault !== null) {
    tell(`${words(fault.path)} ${fault.text}.`, true);
    view.querySelector(`[data-field="${fault.path.replace(/\[.*/, "")}"]`)?.scrollIntoView();
    return;
  }
  identify(entry);
  const before = { verdict: entry.verdict, ...NOT_QUEUED };
  // As it is now it is sent, however often, and whatever becomes of the form or of the device's zone.
  Object.assign(entry, { state: "QUEUED", notBefore: 0, verdict: null,
    record: JSON.stringify(recordOf(entry, form)), line: JSON.stringify(lineOf(entry, form)) });
  try {
    await save();
  } catch (error) {
    Object.assign(entry, before);
    throw error;
  }
  // It is kept, whether or not the same is offered next time.
  await remember(form, entry.values).catch(() => {});
  letGo?.();
  tell("It is in the outbox.");
  await showHome();
  await sendNow();
  await refresh();
};

/** @param {Entry} entry */
const discard = async (entry) => {
  if (!await confirmed("Delete this entry? It is kept nowhere else."))
    return;
  await changeEntries([entry.key], (now) => (now.attempts === 0 || now.state === "NEEDS" ? null : undefined));
  letGo?.();
  await showHome();
};

/** @param {Entry} entry */
const openEntry = async (entry) => {
  const form = formFor(entry);
  if (form === undefined || !await hold(entry.key)) {
    tell(form === undefined ? NO_FORM : "It is open in another page of this app.", true);
    return;
  }
  const save = saver(entry);
  const changed = () => {
    // What is done is done, though a letter comes late.
    if (entry.state === "DRAFT")
      save().catch(blame);
  };
  tell("");
  show(form.title,
    ...(entry.verdict ? [verdictBox(entry)] : []),
    ...showFields(form.fields, entry.values, { suggest, changed }),
    showWhen(entry, changed),
    make("div", { class: "bar" }, [button("Done", () => queue(entry, form, save), "main"),
      button("Later", async () => { await save(); letGo?.(); await showHome(); }), button("Delete", () => discard(entry), "quiet")]));
};

/** Takes an entry back from where it waits, unless it was sent meanwhile. @param {Entry} entry */
const reopen = async (entry) => {
  if (formFor(entry) === undefined) {
    tell(NO_FORM, true);
    return;
  }
  await changeEntries([entry.key], (now) => (now.state === "NEEDS" || (now.state === "QUEUED" && now.attempts === 0)
    ? { ...now, ...NOT_QUEUED, attempts: 0,
      // An identity that other content has is of no use to this.
      recordId: now.verdict?.code === "CONFLICT" ? "" : now.recordId } : undefined));
  const now = await getEntry(entry.key);
  if (now?.state === "DRAFT")
    await openEntry(now);
  else
    await showOutbox();
};

// --- the outbox ------------------------------------------------------------------------------------

/** @param {Entry} entry */
const verdictBox = (entry) => {
  const v = entry.verdict;
  return make("p", { class: "bad" }, [`${words(v?.code ?? "")}${v?.field ? `: ${v.field}` : ""}${v?.text ? `: ${v.text}` : ""}`]);
};

/** @param {Entry} entry */
const lineFor = (entry) => {
  const parts = [make("strong", {}, [titleOf(entry)])];
  if (entry.state === "NEEDS")
    parts.push(verdictBox(entry));
  if (entry.state === "STORED")
    parts.push(make("p", {}, [`Stored ${time(entry.verdict?.at ?? 0)}, ${entry.recordId}`]));
  if (entry.state === "QUEUED" && entry.attempts > 0)
    parts.push(make("p", {}, ["It was sent and not answered yet, so that it stays as it is."]));
  else if (entry.state !== "STORED")
    parts.push(make("div", { class: "row" }, [button("Open", () => reopen(entry)),
      button("Delete", async () => { await discard(entry); await showOutbox(); }, "quiet")]));
  return make("li", { "data-state": entry.state }, parts);
};

/** @param {string} title @param {Entry[]} entries @param {string} none */
const listOf = (title, entries, none) => [make("h2", {}, [title]),
  entries.length === 0 ? make("p", {}, [none]) : make("ul", { class: "entries" }, entries.map(lineFor))];

const showOutbox = async () => {
  const turn = turns;
  const [needs, queued, stored] = [await entriesOf("NEEDS"), await entriesOf("QUEUED"), await entriesOf("STORED")];
  if (turn !== turns)
    return;
  show("Outbox",
    ...(inTheWay === "" ? [] : [make("p", { class: "bad" }, [inTheWay])]),
    ...(needs.length ? listOf("Needs you", needs, "") : []),
    ...listOf("To send", queued, "Nothing waits."),
    make("div", { class: "row" }, [button("Send now", async () => { await sendNow(); await showOutbox(); }, "main"),
      ...(queued.length ? [button("Save as a file", saveFiles)] : [])]),
    ...listOf("Stored, of 90 days", stored.reverse().slice(0, 100), "Nothing yet."),
    make("div", { class: "bar" }, [button("Back", showHome)]));
};

/** One file a kind, a record a line, for semsctl send --json. */
const saveFiles = async () => {
  const queued = await entriesOf("QUEUED");
  for (const kind of new Set(queued.map((e) => e.kind))) {
    const lines = queued.filter((e) => e.kind === kind).map((e) => e.line);
    const url = URL.createObjectURL(new Blob([`${lines.join("\n")}\n`], { type: "application/json" }));
    const link = make("a", { href: url, download: `sems-${kind}.jsonl` });
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 60000);
  }
  tell("Saved. An administrator sends it with semsctl send --json; what was sent so is a duplicate later, which does no harm.");
};

// --- what else is seen -----------------------------------------------------------------------------

/** @param {string} question @returns {Promise<boolean>} */
const confirmed = (question) => new Promise((resolve) => {
  const dialog = /** @type {HTMLDialogElement} */ (make("dialog", { "aria-label": question }, [make("p", {}, [question])]));
  /** @param {boolean} is */
  const done = (is) => { dialog.close(); dialog.remove(); resolve(is); };
  dialog.append(make("div", { class: "row" }, [button("Yes", () => done(true), "main"), button("No", () => done(false))]));
  dialog.addEventListener("cancel", () => done(false));
  document.body.append(dialog);
  dialog.showModal();
});

/** Entries that nobody finished, and that no page has open. */
const leftOpen = async () => {
  const held = new Set((await navigator.locks.query()).held?.map((l) => l.name));
  return (await entriesOf("DRAFT")).filter((e) => !held.has(`sems-entry-${e.key}`));
};

const showHome = async () => {
  const turn = turns;
  const drafts = await leftOpen();
  const contact = lastContact();
  await count();
  if (turn !== turns)
    return;
  show("New entry",
    ...drafts.map((entry) => make("section", { class: "draft" }, [
      make("p", {}, [`${titleOf(entry)} was not finished. Go on with it?`]),
      make("div", { class: "row" }, [button("Go on", () => openEntry(entry), "main"), button("Delete", () => discard(entry), "quiet")])])),
    ...(forms.forms.length === 0 ? [make("p", {}, ["There are no forms for this device: it takes grants, and the server once."])]
      : forms.forms.map((form) => button(form.title, () => begin(form), "form"))),
    make("p", { class: "about" }, [`${device?.principal ?? ""}. ${contact === null ? "The server was not reached yet." : `Server last reached ${time(contact.wall)}.`} `
      + (isKept ? "The browser keeps what waits." : "The browser does not promise to keep what waits: add this app to the home screen, and use no private window, which forgets it when it is closed.")]));
};

/** What is seen changed in another page, or was sent. */
const refresh = async () => {
  await count();
  if (view.querySelector("h1")?.textContent === "Outbox")
    await showOutbox();
};

/** @param {string} reason */
const refuse = (reason) => show("This does not work here", make("p", { class: "bad" }, [reason]));

/** @param {string} code */
const showEnrol = (code) => {
  const input = /** @type {HTMLInputElement} */ (make("input", { id: "code", autocomplete: "off", autocapitalize: "characters" }));
  input.value = code;
  show("Enrol this device", make("p", {}, ["An administrator gives you a code: semsctl device invite."]),
    make("label", { for: "code" }, ["Code"]), input,
    make("div", { class: "bar" }, [button("Enrol", async () => {
      device = await enrol(input.value.trim());
      history.replaceState(null, "", "/field/");
      tell(`This device is ${device.principal}.`);
      await fetchForms();
      await showHome();
    }, "main")]));
};

// --- start -----------------------------------------------------------------------------------------

/** Why nothing would be kept here; "": as far as the browser tells, it would be. */
const whyNot = async () => {
  if (!isSecureContext || !crypto.subtle)
    return "This page did not come by HTTPS, so that the browser keeps no keys.";
  if (!("serviceWorker" in navigator) || !navigator.locks || !("indexedDB" in globalThis))
    return "This is a private window, or the browser is too old: it keeps nothing when it is closed. Open the page in a usual window.";
  try {
    await getNamed("device");
  } catch {
    return "The browser keeps nothing of this page: it is a private window, or storage is switched off.";
  }
  return "";
};

const keep = async () => {
  const registration = await navigator.serviceWorker.register("/field/sw.js");
  registration.addEventListener("updatefound", () => tell("A newer version is here; it is used once all pages of this app are closed."));
  isKept = await navigator.storage.persist();
};

const start = async () => {
  const reason = await whyNot();
  if (reason !== "") {
    refuse(reason);
    return;
  }
  device = await loadDevice();
  forms = await getNamed("forms") ?? forms;
  typedLast = await getNamed("typed") ?? {};
  await loadClock();
  await keep().catch((error) => tell(`The app cannot be kept for use without the server: ${error.message}`, true));
  const code = location.hash.slice(1);
  waiting.addEventListener("click", () => { if (device !== null) showOutbox(); });
  pages.addEventListener("message", () => { refresh(); });
  addEventListener("online", () => { sendNow().then(refresh); });
  setInterval(() => { sendNow().then(refresh); }, SEND_MS);
  if (device === null || (CODE.test(code) && await confirmed("This device is enrolled. Enrol it anew by this code?"))) {
    showEnrol(CODE.test(code) ? code : "");
    return;
  }
  await showHome();
  await fetchForms();
  if (view.querySelector("h1")?.textContent === "New entry")
    await showHome();
  await sendNow();
};

start().catch((error) => refuse(`Something went wrong: ${messageOf(error)}`));
