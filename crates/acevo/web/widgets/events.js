// What happens in the session, as lines. The list is as long as the model's memory, and no longer.

import { el, setHidden } from './dom.js';
import { lapTimeMs, sectorMs, signed, words } from './format.js';

const list = (entries) => (entries ?? []).map((entry) => words(typeof entry === 'string' ? entry : entry?.part ?? '').toLowerCase()).filter(Boolean).join(', ');
const after = (seconds) => (Number.isFinite(seconds) ? ` after ${seconds.toFixed(1)} s` : '');
const better = ({ time_ms: now, before_ms: before }) => `${lapTimeMs(now)}${before ? ` (${signed((now - before) / 1000)})` : ''}`;

const TEXTS = {
  session: () => 'A new session',
  stint: ({ stint }) => `Stint ${stint}`,
  lap_begun: ({ lap }) => `Lap ${lap ?? ''} begun`,
  sector: ({ sector, sector_ms: ms, is_best: best }) => `Sector ${sector}: ${sectorMs(ms).trim()}${best ? ', the best' : ''}`,
  invalidated: ({ reason }) => `The lap does not count: ${words(reason).toLowerCase()}`,
  lap: ({ result }) => `Lap ${result?.number}: ${result?.time_ms ? lapTimeMs(result.time_ms) : 'no time'}`,
  session_best: (event) => `Session best ${better(event)}`,
  personal_best: (event) => `Personal best ${better(event)}`,
  phase: ({ name }) => `Phase: ${name}`,
  flag: ({ flag, before, for_all: all }) => `${flag === 'NoFlag' ? `${words(before)} withdrawn` : words(flag)}${all ? ' for everybody' : ''}`,
  start_lights: () => 'Start lights',
  green: () => 'The start lights are out',
  pit_lane_entered: () => 'Into the pit lane',
  pit_lane_left: ({ seconds }) => `Out of the pit lane${after(seconds)}`,
  box_entered: () => 'In the box',
  box_left: ({ seconds }) => `Out of the box${after(seconds)}`,
  service_begun: ({ items }) => `The crew begins: ${list(items)}`,
  service_done: ({ items, seconds }) => `The crew is done: ${list(items)}${after(seconds)}`,
  service_dropped: ({ items }) => `The crew leaves out: ${list(items)}`,
  pit_limiter: ({ is_on: on }) => `Pit limiter ${on ? 'on' : 'off'}`,
  rev_limiter: ({ rpm }) => `Rev limiter at ${rpm} rpm`,
  off_track: () => 'Off the track with four wheels',
  back_on_track: ({ seconds }) => `Back on the track${after(seconds)}`,
  right_way: ({ seconds }) => `The right way again${after(seconds)}`,
  low_fuel: ({ is_critical: critical, laps }) => `${critical ? 'Very little' : 'Little'} fuel${Number.isFinite(laps) ? ` for ${laps.toFixed(1)} laps` : ''}`,
  damage: ({ parts }) => `Damage: ${list(parts)}`,
  repaired: ({ parts }) => `Repaired: ${list(parts)}`,
  tyres: ({ state, wheels }) => `Tyres ${state === 'ideal' ? 'in their window' : state}: ${list(wheels)}`,
  overheating: ({ fluid, celsius }) => `${words(fluid)} too hot: ${celsius?.toFixed(0)} °C`,
  cooled: ({ fluid, celsius }) => `${words(fluid)} has cooled: ${celsius?.toFixed(0)} °C`,
};

const GOOD = new Set(['session_best', 'personal_best']);
const BAD = new Set(['invalidated', 'wrong_way', 'off_track', 'low_fuel', 'damage', 'overheating']);

export function eventText(event) {
  try {
    return TEXTS[event.event]?.(event) ?? words(event.event);
  } catch {
    return words(event.event);
  }
}

const time = (seconds) => {
  const total = Math.max(0, Math.floor(seconds || 0));
  return `${Math.floor(total / 60)}:${String(total % 60).padStart(2, '0')}`;
};

/** The newest first. Options: `most` lines. */
export function events(root, { most = 200 } = {}) {
  const empty = el('p', 'hint', 'Nothing has happened yet.');
  const lines = el('ol', 'events');
  lines.setAttribute('aria-label', 'Events, the newest first');
  root.append(empty, lines);
  let [seen, epoch] = [0, 0];
  return (model) => {
    if (epoch !== model.eventEpoch) {
      epoch = model.eventEpoch;
      lines.replaceChildren();
      seen = 0;
    } else if (seen === model.eventCount) return;
    for (const event of model.events) {
      if (event.number <= seen) continue;
      const line = el('li', GOOD.has(event.event) ? 'good' : BAD.has(event.event) ? 'bad' : '',
        el('span', 'when', time(event.at_s)), el('span', 'lap-tag', event.lap ? `L${event.lap}` : ''), el('span', 'what', eventText(event)));
      lines.prepend(line);
    }
    seen = model.eventCount;
    while (lines.childElementCount > most) lines.lastElementChild.remove();
    setHidden(empty, lines.childElementCount > 0);
  };
}
