// Settings that are kept between visits, in the browser's local storage.

const PREFIX = 'acevo.';

/** The stored value if it is one of the choices, else `null`. */
export function stored(name, choices) {
  try {
    const value = localStorage.getItem(PREFIX + name);
    return choices.includes(value) ? value : null;
  } catch {
    return null;
  }
}

/** The stored value if it is one of the choices, else the first choice. */
export const kept = (name, choices) => stored(name, choices) ?? choices[0];

/** Stores a value. Does nothing if the browser has no storage, as in some private windows. */
export function keep(name, value) {
  try {
    localStorage.setItem(PREFIX + name, value);
  } catch {
    // The setting is a convenience; without storage it lasts until the page is closed.
  }
}

/** The stored JSON value, or `null` if nothing is stored. It may be anything: check what it is. */
export function keptJson(name) {
  try {
    return JSON.parse(localStorage.getItem(PREFIX + name));
  } catch {
    return null;
  }
}

/** Stores a value as JSON. */
export const keepJson = (name, value) => keep(name, JSON.stringify(value));
