// Moves the cars of a comparison along the map at a chosen speed.

import { el, withAttributes } from '../lib/dom.js';
import { keep, kept } from '../lib/settings.js';
import { button, selectField } from './form.js';

const SPEEDS = ['1', '0.25', '0.5', '2', '4'];
const NAME = 'compare-speed';

/** Plays the visible part from the cursor, or from its beginning, to its end. `changed` is called after each step. */
export function player({ comparison, changed }) {
  let last = null;
  let speed = Number(kept(NAME, SPEEDS));
  const icon = el('i', 'icon icon-play');
  const toggle = button('', () => (last === null ? start() : pause()), { 'aria-label': 'Play', title: 'Moves the cars (Space)' });
  toggle.append(icon);
  const speeds = selectField('Speed', [...SPEEDS].sort((a, b) => a - b).map((value) => [value, `${value}×`]), (value) => {
    speed = Number(value);
    keep(NAME, value);
  });
  speeds.set(String(speed));

  /** Seconds since the line of alignment at a value of the axis. */
  const secondsAt = (x) => {
    const { base, mode } = comparison;
    if (mode === 'time' || !base) return x;
    return comparison.timeOf(base, comparison.positionOf(base, x));
  };

  function show(isPlaying) {
    icon.className = `icon ${isPlaying ? 'icon-pause' : 'icon-play'}`;
    withAttributes(toggle, { 'aria-label': isPlaying ? 'Pause' : 'Play' });
  }

  function start() {
    if (!comparison.base) return;
    const [from, to] = comparison.range.map(secondsAt);
    const at = comparison.playAt ?? secondsAt(comparison.cursor ?? comparison.range[0]);
    comparison.playAt = at >= from && at < to - 0.01 ? at : from;
    last = performance.now();
    show(true);
    requestAnimationFrame(step);
  }

  function step(now) {
    if (last === null) return;
    const { base } = comparison;
    const end = secondsAt(comparison.range[1]);
    comparison.playAt += (Math.max(0, now - last) / 1000) * speed;
    last = now;
    if (!base || !(comparison.playAt < end)) {
      comparison.playAt = end;
      last = null;
      show(false);
    }
    const position = base ? comparison.shownPosition(base) : NaN;
    if (Number.isFinite(position)) comparison.cursor = comparison.xOf(base, position);
    changed();
    if (last !== null) requestAnimationFrame(step);
  }

  function pause() {
    last = null;
    show(false);
    changed();
  }

  return {
    node: withAttributes(el('div', 'player', toggle, speeds.node), { role: 'group', 'aria-label': 'Moving cars' }),
    /** Stops; the cars are at the cursor again. */
    stop() {
      last = null;
      comparison.playAt = null;
      show(false);
    },
    /** Space plays and pauses. Returns true if it was that key. */
    key(event) {
      if (event.key !== ' ' || event.target.closest('button')) return false;
      if (last === null) start();
      else pause();
      return true;
    },
  };
}
