// What the device keeps: entries, and a few things by name. Each change is on disk when it is told to be done.

/** @typedef {import("./types").Entry} Entry */
/** @typedef {import("./types").State} State */

/** Of whatever was thrown: browsers that run out of space say null, too. @param {unknown} error */
export const messageOf = (error) =>
  (error instanceof Error || error instanceof DOMException ? error.message : "the device could not keep it");

/** @type {Promise<IDBDatabase> | null} */
let opened = null;

/** @returns {Promise<IDBDatabase>} */
const open = () => {
  if (opened !== null)
    return opened;
  const opening = /** @type {Promise<IDBDatabase>} */ (new Promise((resolve, reject) => {
    const request = indexedDB.open("sems-field", 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("named");
      request.result.createObjectStore("entries", { keyPath: "key" }).createIndex("state", "state");
    };
    request.onsuccess = () => {
      const db = request.result;
      db.onclose = () => { opened = null; };
      db.onversionchange = () => {
        opened = null;
        db.close();
      };
      resolve(db);
    };
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error("another page of this app is too old: close it"));
  }));
  // What failed, or was closed by the browser, is opened anew by whoever comes next.
  opening.catch(() => { opened = null; });
  opened = opening;
  return opening;
};

/** @param {IDBDatabase} db @param {IDBTransactionMode} mode */
const begin = (db, mode) => {
  try {
    return db.transaction(["named", "entries"], mode, { durability: "strict" });
  } catch (error) {
    // Some browsers close it and say so nowhere else.
    opened = null;
    throw error;
  }
};

/**
 * @template T
 * @param {IDBTransactionMode} mode
 * @param {(tx: IDBTransaction) => IDBRequest<T> | null} work its request's result is the answer
 * @returns {Promise<T>}
 */
const run = async (mode, work) => {
  const db = await open();
  return new Promise((resolve, reject) => {
    const tx = begin(db, mode);
    const request = work(tx);
    tx.oncomplete = () => resolve(/** @type {T} */ (request?.result));
    tx.onabort = () => reject(tx.error ?? new Error("the device could not keep it"));
  });
};

/** @param {string} name @returns {Promise<any>} */
export const getNamed = (name) => run("readonly", (tx) => tx.objectStore("named").get(name));

/** @param {string} name @param {any} value */
export const setNamed = (name, value) => run("readwrite", (tx) => tx.objectStore("named").put(value, name));

/** @param {string} key @returns {Promise<Entry | undefined>} */
export const getEntry = (key) => run("readonly", (tx) => tx.objectStore("entries").get(key));

/** @param {State} state @returns {Promise<Entry[]>} the oldest first */
export const entriesOf = async (state) => {
  const list = await run("readonly", (tx) => tx.objectStore("entries").index("state").getAll(state));
  return list.sort((a, b) => a.changedAt - b.changedAt);
};

/** @param {Entry} entry */
export const putEntry = (entry) => run("readwrite", (tx) => tx.objectStore("entries").put(entry));

/**
 * Changes entries in one step: of each key what change() makes of what is there; null: it is removed; undefined: it stays.
 * @param {string[]} keys
 * @param {(entry: Entry) => Entry | null | undefined} change
 * @returns {Promise<unknown>}
 */
export const changeEntries = (keys, change) => run("readwrite", (tx) => {
  const store = tx.objectStore("entries");
  for (const key of keys) {
    const request = store.get(key);
    request.onsuccess = () => {
      const now = request.result && change(request.result);
      if (now === null)
        store.delete(key);
      else if (now)
        store.put(now);
    };
  }
  return null;
});
