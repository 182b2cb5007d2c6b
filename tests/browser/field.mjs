// The field app in Chromium (P-1413): offline, killed, in two tabs, without the server, with its clock set:
// field.mjs WEB CODE FOLDER.
import { readFileSync } from "node:fs";
import { askShell, is, like, openBrowser, openProfile, violations } from "./lib.mjs";

const [web, code, folder] = process.argv.slice(2);
const axe = readFileSync(new URL("./node_modules/axe-core/axe.min.js", import.meta.url), "utf8");
const profile = `${folder}/profile`;
let chrome = await openProfile(profile);

const open = async (context, path = "/field/") => {
  const page = await context.newPage();
  page.on("console", (m) => { if (m.type() === "error" && /Security Policy/.test(m.text())) console.log(`not ok - ${m.text()}`); });
  await page.goto(`${web}${path}`);
  await page.waitForSelector("h1");
  return page;
};
const text = (page) => page.textContent("#view");
const heading = (page, title) => page.waitForFunction((t) => document.querySelector("#view h1")?.textContent === t, title);
const press = (page, name) => page.getByRole("button", { name, exact: true }).first().click();
const choose = (page, field, value) => page.locator(`[data-field="${field}"] label.choice`, { hasText: value }).first().click();
const saved = (page) => page.waitForFunction(() => document.body.dataset.saved !== undefined);
const stateCount = (page, state) => page.evaluate((s) => new Promise((resolve) => {
  const request = indexedDB.open("sems-field", 1);
  request.onsuccess = () => {
    const all = request.result.transaction("entries").objectStore("entries").index("state").count(s);
    all.onsuccess = () => { request.result.close(); resolve(all.result); };
  };
}), state);
const until = async (page, state, wanted) => {
  for (let i = 0; i < 200 && await stateCount(page, state) !== wanted; i++)
    await page.waitForTimeout(100);
  return stateCount(page, state);
};
// An observation with one criterion, up to where it is done.
const fill = async (page, criterion, site = "NFD") => {
  await press(page, "Observation");
  await heading(page, "Observation");
  await page.locator('[data-field="site_id"] input').fill(site);
  await choose(page, "mode", "Overt");
  if (await page.locator('[data-field="criterion_id"]').count() === 0)
    await press(page, "Add to criteria");
  await page.locator('[data-field="criterion_id"] input').first().fill(criterion);
  await choose(page, "result", "Met");
  if (await page.locator('[data-field="note"] textarea').inputValue() === "")
    await page.locator('[data-field="note"] textarea').fill("Somebody by name");
  await saved(page);
};
// What the device keeps in a store cannot be kept, until it is mended.
const breakStore = (page, store) => page.evaluate((s) => {
  const { put } = IDBObjectStore.prototype;
  IDBObjectStore.prototype.put = function (...args) {
    if (this.name === s)
      throw new DOMException("no space", "QuotaExceededError");
    return put.apply(this, args);
  };
  globalThis.mend = () => { IDBObjectStore.prototype.put = put; };
}, store);
const mend = (page) => page.evaluate(() => globalThis.mend());
const noted = (page, part) => page.waitForFunction((p) => document.getElementById("note").textContent.includes(p), part);
const enter = async (page, criterion, site) => {
  await fill(page, criterion, site);
  await press(page, "Done");
  await heading(page, "New entry");
};

// --- enrolled by the link of the QR code
let page = await open(chrome.context, `/v1/enrol#${code}`);
is(new URL(page.url()).pathname, "/field/", "the link of the QR code leads to the app");
await heading(page, "Enrol this device");
is(await page.inputValue("#code"), code, "which has the code");
await press(page, "Enrol");
await heading(page, "New entry");
like(await text(page), /device:phone-1/, "and enrols the device");
is(await page.evaluate(() => new Promise((resolve) => {
  const request = indexedDB.open("sems-field", 1);
  request.onsuccess = () => {
    const get = request.result.transaction("named").objectStore("named").get("device");
    get.onsuccess = () => { request.result.close(); resolve(get.result.key.extractable); };
  };
})), false, "by a key that never leaves it");
like(await text(page), /(keeps|does not promise to keep) what waits/, "it says whether the browser keeps what waits");
like(await text(page), /Observation.*Equipment check/s, "there are the forms of what it may send");
await page.evaluate(() => navigator.serviceWorker.ready);
const cdp = await chrome.context.newCDPSession(page);
is(JSON.stringify((await cdp.send("Page.getInstallabilityErrors")).installabilityErrors), "[]", "it can be installed");
for (const colorScheme of ["light", "dark"]) {
  await page.emulateMedia({ colorScheme });
  await fill(page, "look");
  is(await violations(page, axe), "", `axe finds nothing on a form in the ${colorScheme}`);
  await press(page, "Delete");
  await press(page, "Yes");
  await heading(page, "New entry");
  is(await violations(page, axe), "", `nor on the first page`);
}

// --- what can be told without the server
await press(page, "Equipment check");
await heading(page, "Equipment check");
await page.locator('[data-field="site_id"] input').fill("NFD");
await press(page, "Done");
await page.waitForFunction(() => document.getElementById("note").textContent !== "");
like(await page.textContent("#note"), /Device id is missing/, "what is missing is told at once");
await page.locator('[data-field="device_id"] input').fill("x-ray 1");
await choose(page, "check_type", "Daily otp");
await page.getByText("More", { exact: true }).first().click();
await page.locator('[data-field="attempt"] input').fill("0");
await press(page, "Done");
await page.waitForFunction(() => /Attempt/.test(document.getElementById("note").textContent));
like(await page.textContent("#note"), /Attempt is 1 at least/, "and what is out of its limits");
await press(page, "Delete");
await press(page, "Yes");
await heading(page, "New entry");

// --- with the server
await enter(page, "seen");
is(await until(page, "STORED", 1), 1, "an entry is sent at once");
await page.click("#waiting");
await heading(page, "Outbox");
like(await text(page), /Stored .*, 0[0-9a-f]{7}-[0-9a-f]{4}-7/, "and its receipt has the time and the number");
is(await violations(page, axe), "", "axe finds nothing on the outbox");
is(await page.evaluate(async () => {
  const { entriesOf, getNamed } = await import("/field/db.js");
  return JSON.stringify([(await entriesOf("STORED")).map((e) => [e.values, e.record, e.line]), Object.keys(await getNamed("typed")).filter((k) => /note|recorded_by/.test(k))]);
}), "[[[{},\"\",\"\"]],[]]", "of what was stored the device keeps the receipt alone, and offers no name again");
await press(page, "Back");

// --- a device that has no space
await fill(page, "no space");
await breakStore(page, "entries");
for (const name of ["Done", "Later"]) {
  await page.evaluate(() => { document.getElementById("note").textContent = ""; });
  await press(page, name);
  await noted(page, "could not be kept");
  like(await page.textContent("#note"), /could not be kept: no space/, `what cannot be kept is told by "${name}"`);
  is(await page.textContent("#view h1"), "Observation", "and the form stays");
}
await page.locator('[data-field="criterion_id"] input').first().fill("space again");
await mend(page);
await press(page, "Done");
is(await until(page, "STORED", 2), 2, "once it can be kept it is sent");
await breakStore(page, "named");
await enter(page, "no space for the clock");
is(await until(page, "STORED", 3), 3, "and is sent where the server's time cannot be kept");
await mend(page);

// --- opened while it is sent
await chrome.context.setOffline(true);
await enter(page, "picked");
await chrome.context.setOffline(false);
is(await until(page, "STORED", 4), 4, "offline and back");
is(await page.evaluate(async () => {
  const { entriesOf, putEntry } = await import("/field/db.js");
  const { send } = await import("/field/outbox.js");
  const { encode } = TextEncoder.prototype;
  const [one] = await entriesOf("STORED");
  const waiting = { ...one, key: "opened", state: "QUEUED", attempts: 0, record: "{}", verdict: null };
  await navigator.locks.request("sems-send", () => undefined);
  await putEntry(waiting);
  // The size of what is picked is the last that is asked before it is marked; once before, to see whether to knock.
  let picked = 0;
  TextEncoder.prototype.encode = function (text) {
    if (text === "{}" && ++picked === 2)
      putEntry({ ...waiting, state: "DRAFT" });
    return encode.call(this, text);
  };
  const said = await send({ principal: "", keyId: "", key: null });
  TextEncoder.prototype.encode = encode;
  const [left] = (await entriesOf("DRAFT")).filter((e) => e.key === "opened");
  return `${said}|${left?.state}|${left?.attempts}`;
}), "|DRAFT|0", "what is opened between being picked and sent is not sent, and stays a draft");
await page.evaluate(async () => (await import("/field/db.js")).changeEntries(["opened"], () => null));

// --- offline
await chrome.context.setOffline(true);
await page.reload();
await heading(page, "New entry");
is(await page.title(), "semsd field", "without a network the app opens");
for (const name of ["offline-1", "offline-2", "offline-3"])
  await enter(page, name);
is(await stateCount(page, "QUEUED"), 3, "what is entered waits");
like(await page.textContent("#waiting"), /3 to send/, "and is counted");
await page.click("#waiting");
await heading(page, "Outbox");
await page.locator('li[data-state="QUEUED"]').nth(1).getByRole("button", { name: "Open" }).click();
await heading(page, "Observation");
is(await page.locator('[data-field="criterion_id"] input').first().inputValue(), "offline-2", "one can be opened");
await page.locator('[data-field="criterion_id"] input').first().fill("edited-2");
await saved(page);
await press(page, "Done");
await heading(page, "New entry");
await page.click("#waiting");
await heading(page, "Outbox");
await page.locator('li[data-state="QUEUED"]').first().getByRole("button", { name: "Delete" }).click();
await press(page, "Yes");
for (let i = 0; i < 50 && await stateCount(page, "QUEUED") !== 2; i++)
  await page.waitForTimeout(100);
is(await stateCount(page, "QUEUED"), 2, "edited, or deleted");
await page.waitForSelector("#waiting");
const files = [];
page.on("download", (d) => files.push(d));
await page.click("#waiting");
await heading(page, "Outbox");
await press(page, "Save as a file");
for (let i = 0; i < 50 && files.length === 0; i++)
  await page.waitForTimeout(100);
await files[0].saveAs(`${folder}/queue.jsonl`);
like(await askShell("import"), /2 accepted, 0 rejected/, "the queue can be saved, and sent by semsctl send --json");
await chrome.context.setOffline(false);
is(await until(page, "STORED", 6), 6, "back in the network it is sent by itself, and what was there already is no fault");

// --- killed with a draft
await page.goto(`${web}/field/`);
await heading(page, "New entry");
await fill(page, "killed");
await page.locator('[data-field="note"] textarea').fill("half a sent");
await page.waitForTimeout(200);
await chrome.kill();
chrome = await openProfile(profile);
page = await open(chrome.context);
await page.waitForSelector(".draft");
like(await page.textContent(".draft"), /was not finished. Go on with it\?/, "after a kill it asks");
await press(page, "Go on");
await heading(page, "Observation");
is(await page.locator('[data-field="criterion_id"] input').first().inputValue(), "killed", "and has what was entered");
is(await page.locator('[data-field="note"] textarea').inputValue(), "half a sent", "to the last letter");
const other = await open(chrome.context);
await heading(other, "New entry");
is(await other.locator(".draft").count(), 0, "what is open in one tab is not offered in another");
await press(page, "Done");
is(await until(page, "STORED", 7), 7, "it is finished and sent");

// --- two tabs, the server away, and back
await askShell("stop");
for (let i = 0; i < 10; i++)
  await enter(i % 2 ? page : other, `away-${i}`);
is(await stateCount(page, "QUEUED"), 10, "without the server entries of two tabs wait");
await other.click("#waiting");
await heading(other, "Outbox");
await press(other, "Send now");
like(await text(other), /cannot be reached; what waits is kept/, "and it says why");
await askShell("start");
await page.click("#waiting");
await heading(page, "Outbox");
let posts = 0;
for (const tab of [page, other])
  tab.on("request", (r) => { posts += r.method() === "POST"; });
await Promise.all([page, other].map((p) => p.evaluate(() => dispatchEvent(new Event("online")))));
is(await until(page, "STORED", 17), 17, "when it is back all are sent");
is(posts, 1, "by one of the tabs, in one batch");

// --- an answer that is lost
await other.close();
await page.goto(`${web}/field/`);
await heading(page, "New entry");
let lost = 0;
await chrome.context.route("**/v1/batch", async (route) => {
  await route.fetch();
  lost++;
  await route.abort();
}, { times: 1 });
await enter(page, "lost");
for (let i = 0; i < 50 && lost === 0; i++)
  await page.waitForTimeout(100);
await page.waitForTimeout(500);
await page.click("#waiting");
await heading(page, "Outbox");
like(await text(page), /sent and not answered yet, so that it stays as it is/, "an entry whose answer was lost cannot be changed");
// In another zone, and by a server that has no form for it any more.
const zone = await chrome.context.newCDPSession(page);
await zone.send("Emulation.setTimezoneOverride", { timezoneId: "Asia/Kathmandu" });
await chrome.context.route("**/v1/forms", (route) => route.fulfill({ json: { principal: "device:phone-1", grants: [], forms: [] } }));
await page.evaluate(async () => (await import("/field/db.js")).setNamed("forms", { principal: "", grants: [], forms: [] }));
await page.reload();
is(await until(page, "STORED", 18), 18, "and is sent again as it is, whatever became of the form and the zone");
await zone.send("Emulation.setTimezoneOverride", { timezoneId: "" });
await chrome.context.unroute("**/v1/forms");
await page.reload();
await page.getByRole("button", { name: "Observation", exact: true }).waitFor();
await page.click("#waiting");
await heading(page, "Outbox");

// --- what the database does not take
await press(page, "Back");
await heading(page, "New entry");
await enter(page, "nowhere", "ATLANTIS");
is(await until(page, "NEEDS", 1), 1, "what is no evidence needs somebody");
await page.click("#waiting");
await heading(page, "Outbox");
like(await text(page), /Needs you.*Quarantined: site_id:.*not registered/s, "with the field and why");
await page.locator('li[data-state="NEEDS"]').getByRole("button", { name: "Open" }).click();
await heading(page, "Observation");
await page.locator('[data-field="site_id"] input').fill("NFD");
await saved(page);
await press(page, "Done");
is(await until(page, "STORED", 19), 19, "mended it is stored");

// --- a batch that is refused as a whole
await heading(page, "New entry");
await chrome.context.setOffline(true);
for (const name of ["good-1", "good-2", "unlucky", "good-3"])
  await enter(page, name);
await chrome.context.route("**/v1/batch", (route) => (/unlucky/.test(route.request().postData())
  ? route.fulfill({ status: 400, json: { text: "not like this" } }) : route.continue()));
await chrome.context.setOffline(false);
is(await until(page, "STORED", 22), 22, "of a batch that is refused as a whole the rest is sent");
is(await until(page, "NEEDS", 1), 1, "and the one that it was needs somebody");
await chrome.context.unroute("**/v1/batch");
await page.click("#waiting");
await heading(page, "Outbox");
like(await text(page), /Needs you.*Refused: not like this/s, "with what was said");
await page.locator('li[data-state="NEEDS"]').getByRole("button", { name: "Delete" }).click();
await press(page, "Yes");
is(await until(page, "NEEDS", 0), 0, "who may delete it");

// --- the clock
for (const [hours, name] of [[7, "ahead"], [-30, "behind"]]) {
  const late = await chrome.context.newPage();
  await late.addInitScript((ms) => {
    const real = Date.now.bind(Date);
    const Real = Date;
    globalThis.Date = class extends Real {
      constructor(...args) { super(...(args.length ? args : [real() + ms])); }
      static now() { return real() + ms; }
    };
  }, hours * 3600000);
  await late.goto(`${web}/field/`);
  await heading(late, "New entry");
  await enter(late, `clock-${name}`);
  const wanted = hours > 0 ? 23 : 24;
  is(await until(late, "STORED", wanted), wanted, `a clock that is ${Math.abs(hours)} hours ${name} keeps nothing from being sent`);
  await late.close();
}

// --- more than one batch takes
page = await open(chrome.context);
await heading(page, "New entry");
await askShell("stop");
const copied = await page.evaluate(async () => {
  const { entriesOf, getNamed, putEntry } = await import("/field/db.js");
  const { makeId, recordOf } = await import("/field/record.js");
  const [one] = (await entriesOf("STORED")).filter((e) => e.begun.offset !== null);
  const { forms } = await getNamed("forms");
  for (let i = 0; i < 230; i++) {
    const copy = { ...one, key: `copy-${i}`, state: "QUEUED", attempts: 0, verdict: null, recordId: makeId(one.occurredAt),
      // The first waits since before the clock, two hours ahead, was set back.
      notBefore: i === 0 ? Date.now() + 2 * 3600000 : 0,
      values: { site_id: "NFD", mode: "OVERT", criteria: [{ criterion_id: "copy", result: "MET" }] } };
    await putEntry({ ...copy, record: JSON.stringify(recordOf(copy, forms.find((f) => f.kind === copy.kind))) });
  }
  return one.occurredAt > 0;
});
is(copied, true, "a long time without the server");
await askShell("start");
const sizes = [];
page.on("request", (r) => { if (r.url().endsWith("/v1/batch")) sizes.push(r.postDataJSON().records.length); });
await page.click("#waiting");
await heading(page, "Outbox");
await press(page, "Send now");
is(await until(page, "STORED", 254), 254, "all is sent");
is(sizes.join(), "100,100,30", "a hundred records at once, one batch after the other");

// --- a window that keeps nothing
const { browser, close } = await openBrowser();
const context = await browser.newContext();
await context.addInitScript(() => { delete Navigator.prototype.serviceWorker; });
const hidden = await open(context);
await heading(hidden, "This does not work here");
like(await text(hidden), /private window/, "a window that keeps nothing is refused, with the reason");
is(await hidden.evaluate(async () => {
  const { getNamed, setNamed } = await import("/field/db.js");
  await setNamed("typed", 1);
  await new Promise((resolve) => { indexedDB.deleteDatabase("sems-field").onsuccess = resolve; });
  await setNamed("typed", 2);
  return getNamed("typed");
}), 2, "what was closed for somebody else is opened anew");
await close();
await chrome.close();
process.exit(0);
