// The fuel at the finish, with the limits of the terminal.

/** With more pit stops than this, no plan is shown: the session is too long, for example a day. */
const MAX_STOPS = 99;
/** Larger amounts are not shown while the size of the tank is unknown. No tank is larger. */
const MAX_AMOUNT = 200;

const LEFT = 'Left at finish';

/**
 * The fuel left at the finish, or the missing fuel and the number of pit stops it takes: `label`, `value`, and `state`. `spare` is negative
 * if fuel is missing, and NaN if unknown; `tank` is the size of the tank, or NaN; `full` writes an amount with its unit.
 */
export function finishOf(spare, tank, full) {
  if (!(spare < 0)) return { label: LEFT, value: full(spare), state: '' };
  const stops = tank > 0 ? Math.ceil(-spare / tank) : NaN;
  const sensible = tank > 0 ? stops <= MAX_STOPS : -spare <= MAX_AMOUNT;
  if (!sensible) return { label: LEFT, value: '–', state: '' };
  const label = stops > 0 ? `Short: ${stops} ${stops === 1 ? 'stop' : 'stops'}` : 'Short at finish';
  return { label, value: full(-spare), state: 'warn' };
}
