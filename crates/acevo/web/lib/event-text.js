// Session events as text.

import { clock, lapTimeMs, sectorMs, signed, words } from './format.js';
import { units } from './units.js';

const list = (entries) => (entries ?? []).map((entry) => words(typeof entry === 'string' ? entry : entry?.part ?? '').toLowerCase()).filter(Boolean).join(', ');
const after = (seconds) => (Number.isFinite(seconds) ? ` after ${seconds.toFixed(1)} s` : '');
const improved = ({ time_ms: now, before_ms: before }) => `${lapTimeMs(now)}${before ? ` (${signed((now - before) / 1000)})` : ''}`;

const TEXTS = {
  session: () => 'New session',
  stint: ({ stint }) => `Stint ${stint}`,
  lap_begun: ({ lap }) => `Lap ${lap ?? ''} started`,
  sector: ({ sector, sector_ms: ms, is_best: best }) => `Sector ${sector}: ${sectorMs(ms).trim()}${best ? ', best' : ''}`,
  invalidated: ({ reason }) => `Lap invalid: ${words(reason).toLowerCase()}`,
  lap: ({ result }) => `Lap ${result?.number}: ${result?.time_ms ? lapTimeMs(result.time_ms) : 'no time'}`,
  session_best: (event) => `Session best ${improved(event)}`,
  personal_best: (event) => `Personal best ${improved(event)}`,
  phase: ({ name }) => `Phase: ${words(name)}`,
  flag: ({ flag, before, for_all: all }) => `${flag === 'NoFlag' ? `${words(before)} cleared` : words(flag)}${all ? ' for all cars' : ''}`,
  start_lights: () => 'Start lights',
  green: () => 'Start lights out',
  pit_lane_entered: () => 'Entered the pit lane',
  pit_lane_left: ({ seconds }) => `Left the pit lane${after(seconds)}`,
  box_entered: () => 'In the pit box',
  box_left: ({ seconds }) => `Left the pit box${after(seconds)}`,
  returned_to_box: () => 'Returned to the pit box through the menu',
  service_begun: ({ items }) => `Pit crew started: ${list(items)}`,
  service_done: ({ items, seconds }) => `Pit crew finished: ${list(items)}${after(seconds)}`,
  service_dropped: ({ items }) => `Pit crew skipped: ${list(items)}`,
  pit_limiter: ({ is_on: on }) => `Pit limiter ${on ? 'on' : 'off'}`,
  rev_limiter: ({ rpm }) => `Rev limiter at ${rpm} rpm`,
  off_track: () => 'Off the track with four wheels',
  back_on_track: ({ seconds }) => `Back on the track${after(seconds)}`,
  right_way: ({ seconds }) => `Facing the right way again${after(seconds)}`,
  low_fuel: lowFuel,
  damage: ({ parts }) => `Damage: ${list(parts)}`,
  repaired: ({ parts }) => `Repaired: ${list(parts)}`,
  tyres: ({ state, wheels }) => `Tyres ${state === 'ideal' ? 'in their window' : state}: ${list(wheels)}`,
  overheating: ({ fluid, celsius }) => `${words(fluid)} too hot: ${units.full('temperature', celsius)}`,
  cooled: ({ fluid, celsius }) => `${words(fluid)} has cooled: ${units.full('temperature', celsius)}`,
};

function lowFuel({ is_critical: critical, laps, litres, charge }) {
  const amounts = [
    Number.isFinite(litres) ? units.full('volume', litres) : '',
    Number.isFinite(charge) ? `${(charge * 100).toFixed(0)} %` : '',
    Number.isFinite(laps) ? `${laps.toFixed(1)} laps` : '',
  ];
  const energy = Number.isFinite(charge) && !Number.isFinite(litres) ? 'charge' : 'fuel';
  return `${critical ? 'Critical' : 'Low'} ${energy}: ${amounts.filter(Boolean).join(', ') || 'amount unknown'}`;
}

/** One line about an event. Events of an unknown kind have their name as text. */
export function eventText(event) {
  try {
    return TEXTS[event.event]?.(event) ?? words(event.event);
  } catch {
    return words(event.event);
  }
}

/** When an event happened: the time since its session began, as in the terminal. */
export const eventTime = (event) => clock(Math.max(0, event.session_s ?? event.at_s ?? 0));
