// What time it is. The device's clock may be wrong, or set by somebody; the server's is told with each answer.
import { getNamed, setNamed } from "./db.js";

/** @typedef {import("./types").Contact} Contact */
/** @typedef {import("./types").Moment} Moment */

const SET_MS = 2000;

/** @type {Contact | null} */
let last = null;
let isOfThisPage = false;

export const loadClock = async () => {
  last = await getNamed("contact") ?? null;
};

/** @param {string | null} date the Date of an answer, to the second @returns {Promise<void>} */
export const noteContact = async (date) => {
  const told = date === null ? NaN : Date.parse(date);
  if (Number.isNaN(told))
    return;
  const wall = Date.now();
  // It was told within its second.
  last = { at: told + 500, wall, elapsed: performance.now(), offset: told + 500 - wall };
  isOfThisPage = true;
  // It is of this page, if it cannot be kept: what waits is sent all the same.
  await setNamed("contact", last).catch(() => {});
};

/** @returns {Contact | null} */
export const lastContact = () => last;

/**
 * How far the server's clock is from the device's. A clock that went less than this page's time was set back; one that
 * went more may have been set, or the device slept.
 * @returns {number | null}
 */
const offsetNow = () => {
  if (last === null || last.offset === null)
    return null;
  const passed = performance.now() - last.elapsed;
  if (isOfThisPage && Date.now() - last.wall < passed - SET_MS)
    return last.at + passed - Date.now();
  return last.offset;
};

/** @returns {Moment} */
export const momentNow = () => ({ wall: Date.now(), elapsed: performance.now(), offset: offsetNow() });

/** @param {Moment} moment @returns {number} the server's time then, or the device's where that is not known */
export const timeOf = (moment) => Math.round(moment.wall + (moment.offset ?? 0));

export const now = () => timeOf(momentNow());
