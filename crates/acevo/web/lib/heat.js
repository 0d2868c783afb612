// How far a temperature or pressure is outside its ideal window. The limits are those of the terminal.

const FAR_BELOW = 0.75;
const BELOW = 0.9;
const ABOVE = 1.1;
const FAR_ABOVE = 1.25;
/** The weakest colour outside the window, as a fraction of the full one. */
const FAINTEST = 0.35;

const IDEAL_COLOR = [0x46, 0x51, 0x5f];
const COLD_COLOR = [0x2f, 0x86, 0xc8];
const HOT_COLOR = [0xd9, 0x6b, 0x00];

/**
 * The state of a value relative to its ideal, which is 1: `cold`, `ideal`, `hot`, or empty if unknown; with a colour for CSS and a
 * sign, so that colour is never the only difference.
 */
export function heat(relative) {
  if (!(relative > 0)) return { state: '', sign: '', color: 'var(--unknown)' };
  if (relative < BELOW) return heatOf('cold', '▼', COLD_COLOR, (BELOW - relative) / (BELOW - FAR_BELOW));
  if (relative >= ABOVE) return heatOf('hot', '▲', HOT_COLOR, (relative - ABOVE) / (FAR_ABOVE - ABOVE));
  return heatOf('ideal', '', IDEAL_COLOR, 0);
}

function heatOf(state, sign, color, distance) {
  // In twenty steps, so that the style changes rarely.
  const strength = state === 'ideal' ? 0 : FAINTEST + (1 - FAINTEST) * (Math.round(Math.min(1, distance) * 20) / 20);
  const mixed = IDEAL_COLOR.map((from, index) => Math.round(from + (color[index] - from) * strength));
  return { state, sign, color: `rgb(${mixed.join(', ')})` };
}
