// What is remembered between visits. A browser that keeps nothing gets the first choice.

const PREFIX = 'acevo.';

/** What was kept, where it is one of these; else the first of them. */
export function kept(name, choices) {
  try {
    const value = localStorage.getItem(PREFIX + name);
    return choices.includes(value) ? value : choices[0];
  } catch {
    return choices[0];
  }
}

export function keep(name, value) {
  try {
    localStorage.setItem(PREFIX + name, value);
  } catch {
    // A private window; it is only a convenience.
  }
}
