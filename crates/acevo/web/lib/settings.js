// Settings that are kept between visits, in the browser's local storage.

const PREFIX = 'acevo.';

/** The stored value if it is one of the choices, else the first choice. */
export function kept(name, choices) {
  try {
    const value = localStorage.getItem(PREFIX + name);
    return choices.includes(value) ? value : choices[0];
  } catch {
    return choices[0];
  }
}

/** Stores a value. Does nothing if the browser has no storage, as in some private windows. */
export function keep(name, value) {
  try {
    localStorage.setItem(PREFIX + name, value);
  } catch {
    // The setting is a convenience; without storage it lasts until the page is closed.
  }
}
