// Gear, speed, and engine speed with the shift light.

import { el, setData, setHidden, setText } from '../lib/dom.js';
import { fixed, gear as gearText } from '../lib/format.js';
import { Surface } from '../lib/surface.js';
import { units } from '../lib/units.js';

/** From this fraction of the limit the bar announces the upshift. */
const SOON = 0.86;
/** Segments above this fraction of the limit have the colour of the upshift, even if unlit. */
const RED_ZONE = 0.955;
const MAX_SEGMENTS = 64;
/** The height of an unlit segment in high-contrast mode, as a fraction of a lit one. */
const UNLIT_HEIGHT = 0.25;

export const rpmChannels = ['rpm', 'rpm_limit', 'rev_limiter', 'shift_up', 'shift_down'];
export const driveChannels = ['gear', 'speed', 'rpm', 'rpm_limit', 'rev_limiter', 'shift_up', 'pit_limiter'];

/** The state of the shift light: empty, `soon`, `now`, or `limit`. */
function shiftState(model) {
  if (!model.hasTelemetry || model.physicsGap) return '';
  if (model.is('rev_limiter')) return 'limit';
  if (model.is('shift_up')) return 'now';
  return model.get('rpm') / model.get('rpm_limit') >= SOON ? 'soon' : '';
}

/** A bar of segments across the width, and the number. */
export function rpmBar(root, { resized } = {}) {
  const surface = new Surface(root, 'Engine speed as a bar', resized);
  const number = el('span', 'num rpm-number', '–');
  root.append(el('div', 'rpm-text', number, el('span', 'unit', 'rpm')));
  return (model) => {
    const state = shiftState(model);
    setText(number, fixed(model.get('rpm')));
    setData(root, 'shift', state);
    const limit = model.get('rpm_limit');
    const fraction = limit > 0 ? Math.min(1, Math.max(0, model.get('rpm') / limit)) : 0;
    draw(fraction, state === 'now' || state === 'limit');
  };

  function draw(fraction, shiftNow) {
    const ctx = surface.begin();
    if (!ctx) return;
    const { width, height, hair } = surface;
    // Whole pixels, so that all segments have the same width.
    const count = Math.max(16, Math.min(MAX_SEGMENTS, Math.floor(width / (0.7 * surface.em))));
    const pitch = width / hair / count;
    const wide = Math.max(1, Math.floor(pitch * 0.84)) * hair;
    for (let index = 0; index < count; index += 1) {
      const lit = fraction > 0 && index / count < fraction;
      const end = (index + 1) / count;
      ctx.globalAlpha = lit || end <= RED_ZONE || surface.isHighContrast ? 1 : 0.3;
      ctx.fillStyle = colorOf(lit, end, shiftNow);
      // System colours may differ little: in high-contrast mode the height shows which segments are lit.
      const tall = lit || !surface.isHighContrast ? height : Math.max(2, height * UNLIT_HEIGHT);
      ctx.fillRect(Math.round(index * pitch) * hair, height - tall, wide, tall);
    }
    ctx.globalAlpha = 1;
  }

  function colorOf(lit, end, shiftNow) {
    const { colors } = surface;
    if ((lit && shiftNow) || end > RED_ZONE) return colors.warm;
    if (!lit) return colors.line;
    return end > SOON ? colors.accent : colors.text;
  }
}

/** The gear and the speed in large digits. */
export function drive(root) {
  const gear = el('span', 'num gear-number', '–');
  const speed = el('span', 'num speed-number', '–');
  const unit = el('span', 'unit');
  const limiter = el('span', 'lamp', 'PIT LIMITER');
  const shift = el('span', 'lamp lamp-warn shift-lamp', 'SHIFT ▲');
  gear.setAttribute('role', 'group');
  speed.setAttribute('role', 'group');
  gear.setAttribute('aria-label', 'Gear');
  speed.setAttribute('aria-label', 'Speed');
  const gap = el('span', 'lamp lamp-warn gap-lamp');
  root.append(el('div', 'drive', gear, el('div', 'speed', speed, el('div', 'speed-foot', unit, gap, limiter, shift))));
  return (model) => {
    const state = shiftState(model);
    setText(gear, gearText(model.get('gear')));
    setText(speed, units.show('speed', Math.abs(model.get('speed'))));
    setText(unit, units.unit('speed'));
    setText(gap, model.physicsGap.toUpperCase());
    setHidden(gap, !model.physicsGap);
    setHidden(limiter, !model.is('pit_limiter'));
    setHidden(shift, model.is('pit_limiter') || (state !== 'now' && state !== 'limit'));
    setData(root, 'shift', state);
  };
}
