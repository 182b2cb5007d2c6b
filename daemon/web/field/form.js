// A form on the screen, made of its fields: large buttons where there is a choice, the keyboard where there is none.

/** @typedef {import("./types").Field} Field */
/** @typedef {import("./types").Form} Form */
/** @typedef {import("./types").Item} Item */
/** @typedef {import("./types").Value} Value */

/**
 * @param {string} name @param {Record<string, string>} [attributes] @param {(Node | string)[]} [children]
 * @returns {HTMLElement}
 */
export const make = (name, attributes = {}, children = []) => {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes))
    element.setAttribute(key, value);
  element.append(...children);
  return element;
};

/** "NOT_MET" as people read it. @param {string} text */
export const words = (text) => {
  const plain = text.replace(/_/g, " ").toLowerCase();
  return plain.charAt(0).toUpperCase() + plain.slice(1);
};

/** @typedef {{suggest: (name: string) => string[], changed: () => void}} Host */

let made = 0;

/** @param {Field} field */
const labelOf = (field) => words(field.name) + (field.required ? "" : " (optional)");

/** @param {Field} field @param {Item} values @param {Host} host */
const choice = (field, values, host) => {
  const id = `f${++made}`;
  const options = field.type === "BOOL" ? ["YES", "NO"] : field.options ?? [];
  const now = values[field.name];
  const chosen = field.type === "BOOL" && now !== undefined ? (now === true ? "YES" : "NO") : now;
  const buttons = options.map((option) => {
    const input = /** @type {HTMLInputElement} */ (make("input", { type: "radio", name: id, value: option }));
    input.checked = option === chosen;
    input.addEventListener("change", () => {
      values[field.name] = field.type === "BOOL" ? option === "YES" : option;
      host.changed();
    });
    return make("label", { class: "choice" }, [input, make("span", {}, [words(option)])]);
  });
  return make("fieldset", { "data-field": field.name }, [make("legend", {}, [labelOf(field)]), make("p", { class: "help" }, [field.help]),
    make("div", { class: "choices" }, buttons)]);
};

/** For datetime-local, which knows no zone but the device's. @param {number} ms */
const localTime = (ms) => new Date(ms - new Date(ms).getTimezoneOffset() * 60000).toISOString().slice(0, 16);

/** @type {Record<string, {type: string, mode?: string, read: (text: string) => Value, show: (value: Value) => string}>} */
const inputs = {
  TEXT: { type: "text", read: (t) => t.trim(), show: String },
  PERSON: { type: "text", read: (t) => t.trim(), show: String },
  INT: { type: "number", mode: "numeric", read: (t) => (t === "" ? "" : Number(t)), show: String },
  REAL: { type: "number", mode: "decimal", read: (t) => (t === "" ? "" : Number(t)), show: String },
  TIME: { type: "datetime-local", read: (t) => (t === "" ? "" : Date.parse(t)), show: (v) => localTime(Number(v)) },
};

/** @param {Field} field @param {Item} values @param {Host} host */
const typed = (field, values, host) => {
  const id = `f${++made}`;
  const how = inputs[field.type] ?? inputs.TEXT;
  const attributes = { id, type: how.type, autocomplete: "off", "aria-describedby": `${id}h`, ...(how.mode ? { inputmode: how.mode } : {}) };
  const long = field.restricted === true;
  const input = /** @type {HTMLInputElement} */ (make(long ? "textarea" : "input", attributes));
  const suggested = field.type === "TEXT" ? host.suggest(field.name) : [];
  if (field.required)
    input.setAttribute("required", "");
  if (field.type === "INT" && field.min !== undefined)
    input.setAttribute("min", String(field.min));
  if (field.type === "INT" && field.max !== undefined)
    input.setAttribute("max", String(field.max));
  if ((field.type === "TEXT" || field.type === "PERSON") && field.max !== undefined)
    input.setAttribute("maxlength", String(field.max));
  if (values[field.name] !== undefined && values[field.name] !== "")
    input.value = how.show(values[field.name]);
  input.addEventListener("input", () => {
    values[field.name] = how.read(input.value);
    host.changed();
  });
  const picks = suggested.map((text) => {
    const button = make("button", { type: "button", class: "pick" }, [text]);
    button.addEventListener("click", () => {
      input.value = text;
      values[field.name] = text;
      host.changed();
    });
    return button;
  });
  return make("div", { class: "field", "data-field": field.name }, [make("label", { for: id }, [labelOf(field)]),
    make("p", { class: "help", id: `${id}h` }, [field.help]), input, ...(picks.length ? [make("div", { class: "picks" }, picks)] : [])]);
};

/** @param {Field} field @param {Item} values @param {Host} host */
const list = (field, values, host) => {
  const items = /** @type {Item[]} */ (values[field.name] ??= []);
  const box = make("div", { class: "items" });
  const inner = { ...host, suggest: (/** @type {string} */ name) => host.suggest(`${field.name}.${name}`) };
  const show = () => box.replaceChildren(...items.map((item, i) => {
    const remove = make("button", { type: "button", class: "quiet" }, [`Remove ${i + 1}`]);
    remove.addEventListener("click", () => {
      items.splice(i, 1);
      host.changed();
      show();
    });
    return make("section", { class: "item", "aria-label": `${words(field.name)} ${i + 1}` },
      [...showFields(field.item ?? [], item, inner), remove]);
  }));
  const add = make("button", { type: "button" }, [`Add to ${words(field.name).toLowerCase()}`]);
  add.addEventListener("click", () => {
    items.push({});
    host.changed();
    show();
    /** @type {HTMLElement | null} */ (box.lastElementChild?.querySelector("input") ?? null)?.focus();
  });
  show();
  return make("section", { class: "list", "data-field": field.name, "aria-label": words(field.name) },
    [make("h2", {}, [labelOf(field)]), make("p", { class: "help" }, [field.help]), box, add]);
};

/** @param {Field} field @param {Item} values @param {Host} host */
const showField = (field, values, host) => {
  if (field.type === "LIST")
    return list(field, values, host);
  return field.type === "ENUM" || field.type === "BOOL" ? choice(field, values, host) : typed(field, values, host);
};

/** @param {Field[]} fields @param {Item} values @param {Host} host @returns {HTMLElement[]} */
export const showFields = (fields, values, host) => {
  const main = fields.filter((f) => f.main || f.required);
  const rest = fields.filter((f) => !main.includes(f));
  const shown = main.map((f) => showField(f, values, host));
  if (rest.length === 0)
    return shown;
  return [...shown, make("details", {}, [make("summary", {}, ["More"]), ...rest.map((f) => showField(f, values, host))])];
};

/** @typedef {{path: string, text: string}} Fault */

/** @param {Field} field @param {string} text @returns {string} */
const faultOfText = (field, text) => {
  if (field.code && !/^[A-Za-z0-9._-]*$/.test(text))
    return "takes letters, digits, dots, dashes and underscores alone";
  return field.max !== undefined && new TextEncoder().encode(text).length > field.max ? `takes ${field.max} bytes at most` : "";
};

/** @param {Field} field @param {number} n @returns {string} */
const faultOfNumber = (field, n) => {
  if (!Number.isFinite(n) || (field.type === "INT" && !Number.isInteger(n)))
    return field.type === "INT" ? "takes a whole number" : "takes a number";
  if (field.type === "INT" && field.min !== undefined && n < field.min)
    return `is ${field.min} at least`;
  return field.type === "INT" && field.max !== undefined && n > field.max ? `is ${field.max} at most` : "";
};

/** @param {Field} field @param {Value | undefined} value @returns {string} "": nothing is wrong */
const faultOf = (field, value) => {
  if (value === undefined || value === "" || (Array.isArray(value) && value.length === 0))
    return field.required ? "is missing" : "";
  if (typeof value === "string" && (field.type === "TEXT" || field.type === "PERSON"))
    return faultOfText(field, value);
  return typeof value === "number" ? faultOfNumber(field, value) : "";
};

/**
 * The first thing that is wrong, as far as it can be told here; null: nothing.
 * @param {Field[]} fields @param {Item} values @param {string} [path]
 * @returns {Fault | null}
 */
export const faultIn = (fields, values, path = "") => {
  for (const field of fields) {
    const value = values[field.name];
    const text = faultOf(field, value);
    if (text !== "")
      return { path: `${path}${field.name}`, text };
    for (const [i, item] of (Array.isArray(value) ? value : []).entries()) {
      const inside = faultIn(field.item ?? [], item, `${path}${field.name}[${i}].`);
      if (inside !== null)
        return inside;
    }
  }
  return null;
};
